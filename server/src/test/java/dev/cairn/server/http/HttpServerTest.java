package dev.cairn.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.service.Right;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest {
  private static final int LIMIT = 100_000;

  @TempDir Path directory;
  private HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

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
                  "/echo/{name+}/end",
                  (request, response) ->
                      response.json(200, Map.of("name", request.parameter("name"))))
              .access(Access.open()),
          Route.of(Method.POST, "/count", HttpServerTest::count).access(Access.open()).body(LIMIT),
          Route.of(
                  Method.GET,
                  "/closed",
                  (request, response) ->
                      response.text(200, "text/plain", request.caller().tokenId()))
              .access(Access.bearer(Right.BUILD_READ)),
          Route.of(
                  Method.HEAD,
                  "/size",
                  (request, response) -> response.head(200, "text/plain", 12345))
              .access(Access.open()),
          Route.of(
                  Method.GET,
                  "/half",
                  (request, response) ->
                      response.stream(
                          200,
                          "text/plain",
                          OptionalLong.empty(),
                          out -> {
                            out.write(new byte[20_000]);
                            out.flush();
                            throw new IOException("the disk is gone");
                          }))
              .access(Access.open()),
          Route.of(
                  Method.GET,
                  "/broken",
                  (request, response) -> {
                    throw new IllegalStateException("inner detail");
                  })
              .access(Access.open()));
    }

    @Override
    public void error(ApiException problem, Response response) {
      response.json(problem.status(), Map.of("message", problem.message()));
    }
  }

  private static void count(Request request, Response response) throws IOException {
    long total = 0;
    try (InputStream in = request.body()) {
      var buffer = new byte[8192];
      int count;
      while ((count = in.read(buffer)) >= 0) {
        total += count;
      }
    }
    response.json(200, Map.of("bytes", total));
  }

  @BeforeEach
  void start() {
    server =
        HttpServer.start(
            List.of(new Listener.Tcp("127.0.0.1", 0), new Listener.Unix(directory.resolve("s"))),
            List.of(new Sample()),
            new FixedTokens()
                .with("reader", "acme", Set.of(Right.BUILD_READ))
                .with("writer", "acme", Set.of(Right.BUILD_WRITE)),
            (method, route, status, nanos) -> {},
            HttpOptions.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port(0) + path));
  }

  @Test
  void keepsEncodedSlashesInsideTheirSegment() throws Exception {
    assertThat(send(to("/echo/builds%2Fabc:latest/end")).body())
        .isEqualTo("{\"name\":\"builds/abc:latest\"}");
    assertThat(send(to("/echo/a/b/c/end")).body()).isEqualTo("{\"name\":\"a/b/c\"}");
    assertThat(send(to("/echo/..%2F..%2Fetc/end")).statusCode()).isEqualTo(200);
  }

  @Test
  void answersUnknownPathsAndMethods() throws Exception {
    assertThat(send(to("/nowhere")).statusCode()).isEqualTo(404);
    var wrong = send(to("/count"));
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("POST");
  }

  @Test
  void checksTokensCentrally() throws Exception {
    var without = send(to("/closed"));
    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(send(to("/closed").header("Authorization", "Bearer nonsense")).statusCode())
        .isEqualTo(401);
    assertThat(send(to("/closed").header("Authorization", "Bearer writer")).statusCode())
        .isEqualTo(403);
    assertThat(send(to("/closed").header("Authorization", "bearer reader")).body())
        .isEqualTo("id-reader");
    String basic =
        Base64.getEncoder().encodeToString("any:reader".getBytes(StandardCharsets.UTF_8));
    assertThat(send(to("/closed").header("Authorization", "Basic " + basic)).statusCode())
        .isEqualTo(200);
  }

  @Test
  void refusesToStartWithARouteThatDeclaresNoAccess() {
    var open =
        new Dialect() {
          @Override
          public String name() {
            return "open";
          }

          @Override
          public String prefix() {
            return "/";
          }

          @Override
          public List<Route> routes() {
            return List.of(Route.of(Method.GET, "/forgotten", (request, response) -> {}));
          }

          @Override
          public void error(ApiException problem, Response response) {}
        };
    assertThatThrownBy(() ->
            HttpServer.start(
                List.of(),
                List.of(open),
                new FixedTokens(),
                (method, route, status, nanos) -> {},
                HttpOptions.DEFAULT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("/forgotten");
  }

  @Test
  void stopsReadingABodyAtTheRoutesLimit() throws Exception {
    var announced =
        send(to("/count").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[LIMIT + 1])));
    assertThat(announced.statusCode()).isEqualTo(413);
    var chunked =
        send(
            to("/count")
                .POST(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[LIMIT + 50_000]))));
    assertThat(chunked.statusCode()).isEqualTo(413);
    var fitting = send(to("/count").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[LIMIT])));
    assertThat(fitting.body()).isEqualTo("{\"bytes\":100000}");
  }

  @Test
  void refusesAnEndlessUploadAndGoesOn() throws Exception {
    try (var socket = new Socket("127.0.0.1", server.port(0))) {
      socket.setSoTimeout(5000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      var chunk = new byte[0x10000];
      long sent = 0;
      try {
        while (sent < 64 << 20) {
          out.write("10000\r\n".getBytes(StandardCharsets.US_ASCII));
          out.write(chunk);
          out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
          sent += chunk.length;
        }
      } catch (IOException cut) {
        // What we want: the server does not read to the end.
      }
      assertThat(sent).isLessThan(32 << 20);
    }
    assertThat(send(to("/echo/x/end")).statusCode()).isEqualTo(200);
  }

  @Test
  void answersHeadWithALengthAndNoBody() throws Exception {
    var head = send(to("/size").method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Content-Length")).contains("12345");
  }

  @Test
  void cutsABodyThatFailsHalfwayInsteadOfEndingIt() {
    assertThatThrownBy(() -> send(to("/half"))).isInstanceOf(IOException.class);
  }

  @Test
  void tellsNothingOfInnerErrors() throws Exception {
    var answer = send(to("/broken"));
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("inner detail");
    assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
  }

  @Test
  void servesAUnixSocketThatOnlyItsOwnerMayOpen() throws Exception {
    Path path = directory.resolve("s");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      channel.write(
          ByteBuffer.wrap(
              "GET /echo/x/end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII)));
      var buffer = ByteBuffer.allocate(4096);
      while (channel.read(buffer) >= 0) {}
      assertThat(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 200")
          .contains("{\"name\":\"x\"}");
    }
  }

  @Test
  void saysThatItsAddressIsTaken() {
    assertThatThrownBy(() ->
            HttpServer.start(
                List.of(new Listener.Tcp("127.0.0.1", server.port(0))),
                List.of(new Sample()),
                new FixedTokens(),
                (method, route, status, nanos) -> {},
                HttpOptions.DEFAULT))
        .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port(0));
  }
}
