package dev.cairn.oci.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFetcherTest {

  private static final Timeouts SHORT =
      new Timeouts(
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));

  @Test
  void refusesLoopbackWithoutConnecting() throws IOException {
    try (var server = RawServer.sending("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var fetcher = new HttpFetcher(FetchSettings.of(AddressPolicy.publicOnly()))) {
      assertThatThrownBy(() -> fetcher.send(FetchRequest.get(server.url("/"))))
          .isInstanceOf(AddressRefusedException.class)
          .hasMessageContaining("loopback");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void refusesANameIfOneOfItsAddressesIsInside() throws IOException {
    try (var server = RawServer.sending("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
      Resolver mixed =
          host -> List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2"));
      var settings = settings(server, "127.0.0.1").withResolver(mixed);
      try (var fetcher = new HttpFetcher(settings)) {
        var url = HttpUrl.parse("http://name.example:" + server.port() + "/");
        assertThatThrownBy(() -> fetcher.send(FetchRequest.get(url)))
            .isInstanceOf(AddressRefusedException.class)
            .hasMessageNotContaining("127.0.0");
        assertThat(server.connections()).isZero();
      }
    }
  }

  @Test
  void resolvesANameOnceAndConnectsToWhatItChecked() throws IOException {
    try (var server =
        RawServer.sending("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")) {
      var asked = new AtomicInteger();
      Resolver rebinding =
          host ->
              List.of(
                  InetAddress.getByName(
                      asked.getAndIncrement() == 0 ? "127.0.0.1" : "169.254.169.254"));
      try (var fetcher = new HttpFetcher(settings(server, "127.0.0.1").withResolver(rebinding))) {
        var request = FetchRequest.get(HttpUrl.parse("http://name.example:" + server.port() + "/"));
        assertThat(text(fetcher, request)).isEqualTo("ok");
        assertThat(asked).hasValue(1);
        assertThat(server.requests().getFirst()).contains("Host: name.example:" + server.port());
        assertThatThrownBy(() -> fetcher.send(request)).isInstanceOf(AddressRefusedException.class);
      }
    }
  }

  @Test
  void checksEachRedirect() throws IOException {
    for (String target :
        List.of(
            "http://169.254.169.254/latest/",
            "http://[::1]:80/",
            "http://localhost:1/",
            "//10.0.0.1/")) {
      String answer = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + target + "\r\n\r\n";
      try (var server = RawServer.sending(answer);
          var fetcher = fetcher(server)) {
        assertThatThrownBy(() -> fetcher.send(FetchRequest.get(server.url("/"))))
            .as(target)
            .isInstanceOf(AddressRefusedException.class);
      }
    }
  }

  @Test
  void refusesRedirectsToOddPlacesAndWithoutEnd() throws IOException {
    for (String target :
        List.of("file:///etc/passwd", "http://2130706433/", "/again", "http://u:p@x/")) {
      String answer = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + target + "\r\n\r\n";
      try (var server = RawServer.sending(answer);
          var fetcher = fetcher(server)) {
        assertThatThrownBy(() -> fetcher.send(FetchRequest.get(server.url("/"))))
            .as(target)
            .isInstanceOf(HttpProtocolException.class);
        assertThat(server.requests().size()).isLessThanOrEqualTo(11);
      }
    }
  }

  @Test
  void takesNoCredentialToAnotherOrigin() throws IOException {
    try (var other = RawServer.sending("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var server =
            RawServer.sending(
                "HTTP/1.1 307 Go\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:"
                    + other.port()
                    + "/x\r\n\r\n");
        var fetcher = new HttpFetcher(settings("127.0.0.1"))) {
      var request =
          FetchRequest.get(server.url("/"))
              .withHeader("Authorization", "Basic c2VjcmV0")
              .withHeader("Cookie", "secret")
              .withHeader("X-Token", "secret")
              .withHeader("Range", "bytes=1-");
      assertThat(text(fetcher, request)).isEqualTo("ok");
      assertThat(server.requests().getFirst())
          .contains("Authorization: Basic c2VjcmV0", "User-Agent: cairn/0");
      assertThat(other.requests().getFirst())
          .contains("Range: bytes=1-")
          .doesNotContain("Authorization")
          .doesNotContain("ecret");
      assertThat(request.toString()).doesNotContain("c2VjcmV0");
    }
  }

  @Test
  void readsChunksAndKeepsTheConnection() throws IOException {
    try (var server =
            RawServer.sending(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nabcd\r\n2\r\nef\r\n0\r\nT: 1\r\n\r\n");
        var fetcher = fetcher(server)) {
      for (int i = 0; i < 3; i++) {
        assertThat(text(fetcher, FetchRequest.get(server.url("/")))).isEqualTo("abcdef");
      }
      assertThat(server.connections()).isEqualTo(1);
      try (var unread = fetcher.send(FetchRequest.get(server.url("/")))) {
        assertThat(unread.status()).isEqualTo(200);
      }
      assertThat(text(fetcher, FetchRequest.get(server.url("/")))).isEqualTo("abcdef");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nName : x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
        "HTTP/1.1 101 Switch\r\n\r\n",
      })
  void refusesMalformedAnswers(String answer) throws IOException {
    try (var server = RawServer.sending(answer);
        var fetcher = fetcher(server)) {
      assertThatThrownBy(() -> text(fetcher, FetchRequest.get(server.url("/"))))
          .isInstanceOf(HttpProtocolException.class);
    }
  }

  @Test
  void refusesHeadersWithoutEnd() throws IOException {
    try (var server =
            new RawServer((head, out) -> {
              out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
              while (true) {
                out.write(("X: " + "x".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII));
              }
            });
        var fetcher = fetcher(server)) {
      assertThatThrownBy(() -> fetcher.send(FetchRequest.get(server.url("/"))))
          .isInstanceOf(HttpProtocolException.class)
          .hasMessageContaining("header");
    }
  }

  @Test
  void reportsABodyThatEndsEarly() throws IOException {
    try (var server =
            new RawServer((head, out) -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
                      .getBytes(StandardCharsets.US_ASCII));
              throw new IOException("cut");
            });
        var fetcher = fetcher(server)) {
      assertThatThrownBy(() -> text(fetcher, FetchRequest.get(server.url("/"))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("ended before the body did");
    }
  }

  @Test
  void endsAnAnswerThatComesInDrops() throws IOException {
    try (var server =
        new RawServer((head, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < 1000; i++) {
            out.write('x');
            out.flush();
            pause();
          }
        })) {
      var hasty =
          new Timeouts(
              Duration.ofSeconds(1),
              Duration.ofMillis(300),
              Duration.ofSeconds(1),
              Duration.ofMillis(500));
      try (var fetcher = new HttpFetcher(settings(server, "127.0.0.1").withTimeouts(hasty))) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> text(fetcher, FetchRequest.get(server.url("/"))))
            .isInstanceOf(IOException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
      }
    }
  }

  @Test
  void limitsWhatIsReadAtOnce() throws IOException {
    try (var server = RawServer.sending("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde");
        var fetcher = fetcher(server);
        var response = fetcher.send(FetchRequest.get(server.url("/")))) {
      assertThatThrownBy(() -> response.readBytes(4)).isInstanceOf(HttpProtocolException.class);
    }
  }

  @Test
  void refusesHeadersThatWouldBecomeTwo() {
    var request = FetchRequest.get(HttpUrl.parse("http://a.example/"));
    assertThatThrownBy(() -> request.withHeader("X", "a\r\nY: b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> request.withHeader("X\r\nY", "b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static HttpFetcher fetcher(RawServer server) {
    return new HttpFetcher(settings(server, "127.0.0.1"));
  }

  private static FetchSettings settings(RawServer server, String address) {
    return settings(address + ":" + server.port());
  }

  private static FetchSettings settings(String allowed) {
    return FetchSettings.of(AddressPolicy.allowing(List.of(allowed))).withTimeouts(SHORT);
  }

  private static String text(HttpFetcher fetcher, FetchRequest request) throws IOException {
    try (var response = fetcher.send(request)) {
      return new String(response.readBytes(1000), StandardCharsets.UTF_8);
    }
  }
}
