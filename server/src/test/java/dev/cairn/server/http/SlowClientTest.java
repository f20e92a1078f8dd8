package dev.cairn.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that trickle are cut off; those that work or wait for us are not. */
@Timeout(30)
class SlowClientTest {
  private static final HttpOptions HASTY =
      new HttpOptions(
          50,
          8 << 10,
          Duration.ofSeconds(5),
          Duration.ofMillis(600),
          new HttpOptions.BodyRate(1000, Duration.ofMillis(400)),
          Duration.ofSeconds(1));

  private HttpServer server;
  private final CountDownLatch cut = new CountDownLatch(1);

  private final class Sample implements Dialect {
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
                  Method.POST,
                  "/count",
                  (request, response) -> {
                    try (InputStream in = request.body()) {
                      response.json(200, Map.of("bytes", in.readAllBytes().length));
                    }
                  })
              .access(Access.open()),
          Route.of(
                  Method.GET,
                  "/thinks",
                  (request, response) -> {
                    Thread.sleep(1500);
                    response.text(200, "text/plain", "done");
                  })
              .access(Access.open()),
          Route.of(
                  Method.GET,
                  "/endless",
                  (request, response) -> {
                    try {
                      response.stream(
                          200,
                          "text/plain",
                          OptionalLong.empty(),
                          out -> {
                            while (true) {
                              out.write(new byte[64 << 10]);
                            }
                          });
                    } finally {
                      cut.countDown();
                    }
                  })
              .access(Access.open()));
    }

    @Override
    public void error(ApiException problem, Response response) {
      response.json(problem.status(), Map.of("message", problem.message()));
    }
  }

  @BeforeEach
  void start() {
    server =
        HttpServer.start(
            List.of(new Listener.Tcp("127.0.0.1", 0)),
            List.of(new Sample()),
            new FixedTokens(),
            (method, route, status, nanos) -> {},
            HASTY);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Socket connect() throws IOException {
    var socket = new Socket("127.0.0.1", server.port(0));
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** Sends the text, then byte after byte until the server closes; how long that took. */
  private static Duration trickle(Socket socket, String text) throws Exception {
    long begun = System.nanoTime();
    try {
      write(socket, text);
      for (int i = 0; i < 100; i++) {
        write(socket, "a");
        Thread.sleep(50);
      }
    } catch (SocketException closed) {
      return Duration.ofNanos(System.nanoTime() - begun);
    }
    throw new AssertionError("the server let it trickle");
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  @Test
  void cutsAHeadThatNeverEnds() throws Exception {
    try (var socket = connect()) {
      assertThat(trickle(socket, "GET /thinks HTTP/1.1\r\nHost: x\r\nX-Slow: "))
          .isLessThan(Duration.ofSeconds(3));
    }
    try (var socket = connect()) {
      assertThat(trickle(socket, "G")).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void cutsABodyThatTrickles() throws Exception {
    try (var socket = connect()) {
      assertThat(
              trickle(socket, "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n"))
          .isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void tellsASlowClientWhyItIsCut() throws Exception {
    try (var socket = connect()) {
      write(socket, "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n");
      for (int i = 0; i < 8; i++) {
        write(socket, "a");
        Thread.sleep(60);
      }
      var answer = new byte[4096];
      int count = socket.getInputStream().read(answer);
      assertThat(new String(answer, 0, Math.max(0, count), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 408");
    }
  }

  @Test
  void cutsAReaderThatDoesNotRead() throws Exception {
    try (var socket = connect()) {
      write(socket, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void waitsForItsOwnWork() throws Exception {
    try (var socket = connect()) {
      write(socket, "GET /thinks HTTP/1.1\r\nHost: x\r\n\r\n");
      var answer = new byte[4096];
      int count = socket.getInputStream().read(answer);
      assertThat(new String(answer, 0, Math.max(0, count), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 200");
      // The next request on the same connection is as good as the first.
      write(socket, "GET /thinks HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(socket.getInputStream().read(answer)).isPositive();
    }
  }

  @Test
  void takesALongBodyThatKeepsComing() throws Exception {
    try (var socket = connect()) {
      write(socket, "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n");
      for (int i = 0; i < 20; i++) {
        write(socket, "a".repeat(1000));
        Thread.sleep(80);
      }
      var answer = new byte[4096];
      int count = socket.getInputStream().read(answer);
      assertThat(new String(answer, 0, Math.max(0, count), StandardCharsets.US_ASCII))
          .contains("{\"bytes\":20000}");
    }
  }
}
