package dev.cairn.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers to a client that asks for the connection's end come whole, and the end comes. */
@Timeout(30)
class ConnectionCloseTest {
  private static final int LENGTH = 1_500_000;

  @TempDir Path directory;
  private HttpServer server;

  private static final class Sample implements Dialect {
    @Override
    public String name() {
      return "sample";
    }

    @Override
    public String prefix() {
      return "/";
    }

    @Override
    public List<Route> routes() {
      return List.of(
          Route.of(
                  Method.GET,
                  "/chunked",
                  (request, response) ->
                      response.stream(
                          200, "text/plain", OptionalLong.empty(), ConnectionCloseTest::body))
              .access(Access.open()),
          Route.of(
                  Method.GET,
                  "/fixed",
                  (request, response) ->
                      response.stream(
                          200, "text/plain", OptionalLong.of(LENGTH), ConnectionCloseTest::body))
              .access(Access.open()),
          Route.of(
                  Method.GET,
                  "/empty",
                  (request, response) ->
                      response.stream(
                          200,
                          "text/plain",
                          OptionalLong.empty(),
                          // The head goes out alone, then nothing follows.
                          OutputStream::flush))
              .access(Access.open()),
          Route.of(
                  Method.GET,
                  "/whole",
                  (request, response) -> response.bytes(200, "text/plain", expected()))
              .access(Access.open()));
    }

    @Override
    public void error(ApiException problem, Response response) {
      response.json(problem.status(), Map.of("message", problem.message()));
    }
  }

  private static void body(OutputStream out) throws IOException {
    byte[] all = expected();
    var larger = new byte[15_000];
    for (int at = 0; at < all.length; at += 10_000) {
      if (at % 20_000 == 0) {
        out.write(all, at, 10_000);
      } else {
        System.arraycopy(all, at, larger, 0, 10_000);
        out.write(larger, 0, 10_000);
      }
      if (at % 50_000 == 0) {
        out.flush();
      }
    }
  }

  private static byte[] expected() {
    var all = new byte[LENGTH];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) ('a' + i % 26);
    }
    return all;
  }

  @BeforeEach
  void start() {
    server =
        HttpServer.start(
            List.of(new Listener.Tcp("127.0.0.1", 0), new Listener.Unix(directory.resolve("s"))),
            List.of(new Sample()),
            new FixedTokens(),
            (method, route, status, nanos) -> {},
            HttpOptions.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "tcp,/chunked,1500000",
    "tcp,/fixed,1500000",
    "tcp,/whole,1500000",
    "tcp,/empty,0",
    "unix,/chunked,1500000",
    "unix,/fixed,1500000",
    "unix,/whole,1500000",
    "unix,/empty,0",
  })
  void sendsEverythingAndThenCloses(String listener, String path, int length) throws Exception {
    byte[] answer = exchange(listener, path);
    int end = indexOf(answer, "\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0);
    assertThat(end).isPositive();
    String head = new String(answer, 0, end, StandardCharsets.US_ASCII);
    byte[] rest = Arrays.copyOfRange(answer, end + 4, answer.length);
    assertThat(head).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
    boolean chunked = head.toLowerCase(java.util.Locale.ROOT).contains("chunked");
    if (!path.equals("/empty")) {
      assertThat(chunked).isEqualTo(path.equals("/chunked"));
    }
    byte[] content = chunked ? unchunked(rest) : rest;
    assertThat(content).hasSize(length);
    assertThat(Arrays.equals(content, Arrays.copyOf(expected(), length))).isTrue();
  }

  private byte[] exchange(String listener, String path) throws IOException {
    SocketAddress to =
        listener.equals("tcp")
            ? new InetSocketAddress("127.0.0.1", server.port(0))
            : UnixDomainSocketAddress.of(directory.resolve("s"));
    var family = listener.equals("tcp") ? StandardProtocolFamily.INET : StandardProtocolFamily.UNIX;
    var all = new ByteArrayOutputStream();
    try (var channel = SocketChannel.open(family)) {
      channel.connect(to);
      channel.write(
          ByteBuffer.wrap(
              ("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII)));
      var buffer = ByteBuffer.allocate(64 << 10);
      long began = System.nanoTime();
      while (channel.read(buffer) >= 0) {
        all.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }
    return all.toByteArray();
  }

  /** Takes the chunks apart; the last one must be there. */
  private static byte[] unchunked(byte[] body) {
    var out = new ByteArrayOutputStream();
    byte[] line = {'\r', '\n'};
    int at = 0;
    while (true) {
      int end = indexOf(body, line, at);
      assertThat(end).as("a chunk's length at %s", at).isNotNegative();
      int size = Integer.parseInt(new String(body, at, end - at, StandardCharsets.US_ASCII), 16);
      if (size == 0) {
        assertThat(new String(body, end, body.length - end, StandardCharsets.US_ASCII))
            .isEqualTo("\r\n\r\n");
        return out.toByteArray();
      }
      out.write(body, end + 2, size);
      at = end + 2 + size + 2;
    }
  }

  private static int indexOf(byte[] in, byte[] what, int from) {
    for (int i = from; i <= in.length - what.length; i++) {
      if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
    return -1;
  }
}
