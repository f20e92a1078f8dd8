package dev.cairn.oci.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request and its answer on one connection (RFC 9112). */
final class Exchange {

  private static final int HEAD_LIMIT = 64 * 1024;
  private static final int INFORMATIONAL_LIMIT = 10;
  private static final Set<String> OURS =
      Set.of(
          "host", "content-length", "transfer-encoding", "connection", "accept-encoding", "expect");

  private final HttpConnection connection;
  private final FetchRequest request;
  private final String userAgent;

  Exchange(HttpConnection connection, FetchRequest request, String userAgent) {
    this.connection = connection;
    this.request = request;
    this.userAgent = userAgent;
  }

  /**
   * Sends and receives; {@code release} is called once, when the body has ended, with whether the
   * connection can be kept.
   */
  FetchResponse run(Consumer<Boolean> release) throws IOException {
    connection.start();
    boolean sent = true;
    try {
      send();
    } catch (BodySourceException e) {
      throw e.failure;
    } catch (IOException e) {
      // The other side often says why before it hangs up, for example that a body is too large.
      sent = false;
      return answer(release, sent, e);
    }
    return answer(release, sent, null);
  }

  private FetchResponse answer(
      Consumer<Boolean> release, boolean sent, @Nullable IOException sendFailure)
      throws IOException {
    AnswerHead head;
    try {
      head = head();
    } catch (IOException e) {
      if (sendFailure != null) {
        sendFailure.addSuppressed(e);
        throw sendFailure;
      }
      throw e;
    }
    BodyStream.Framing framing = framing(head);
    boolean keep = sent && head.keepAlive() && !(framing instanceof BodyStream.Framing.UntilClose);
    connection.input().extendTo(connection.deadline());
    var body =
        new BodyStream(
            connection.input(),
            framing,
            complete -> release.accept(complete && keep && !connection.input().hasBuffered()));
    return new FetchResponse(head.status(), head.headers(), request.url(), body);
  }

  private void send() throws IOException {
    HttpUrl url = request.url();
    long length = request.body().length();
    var head = new StringBuilder(request.method() + " " + url.target() + " HTTP/1.1\r\n");
    head.append("Host: ").append(url.authority()).append("\r\n");
    if (request.headers().first("User-Agent").isEmpty()) {
      head.append("User-Agent: ").append(userAgent).append("\r\n");
    }
    // Bytes are named by their digest; a server that compresses on the way would change them.
    head.append("Accept-Encoding: identity\r\n");
    if (length > 0 || !(request.isRead() || request.method().equals("DELETE"))) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    for (var field : request.headers().fields()) {
      if (!OURS.contains(field.name().toLowerCase(Locale.ROOT))) {
        head.append(field.name()).append(": ").append(field.value()).append("\r\n");
      }
    }
    byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    connection.write(bytes, 0, bytes.length);
    if (length > 0) {
      sendBody(length);
    }
    connection.flush();
  }

  private void sendBody(long length) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long left = length;
    try (InputStream in = openSource()) {
      while (left > 0) {
        int count = readSource(in, buffer, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw new BodySourceException(
              new IOException("the body of " + request + " ended " + left + " bytes too early"));
        }
        connection.write(buffer, 0, count);
        left -= count;
      }
    }
  }

  private InputStream openSource() throws BodySourceException {
    try {
      return request.body().open();
    } catch (IOException e) {
      throw new BodySourceException(e);
    }
  }

  private static int readSource(InputStream in, byte[] buffer, int length)
      throws BodySourceException {
    try {
      return in.read(buffer, 0, length);
    } catch (IOException e) {
      throw new BodySourceException(e);
    }
  }

  private AnswerHead head() throws IOException {
    long limit = System.nanoTime() + connection.timeouts().headers().toNanos();
    connection.input().extendTo(Math.min(limit, connection.deadline()));
    for (int i = 0; i < INFORMATIONAL_LIMIT; i++) {
      AnswerHead head = AnswerHead.read(connection.input(), HEAD_LIMIT);
      if (head.status() >= 200) {
        return head;
      }
      if (head.status() == 101) {
        break;
      }
    }
    throw new HttpProtocolException(request.url().shown() + " does not answer the request");
  }

  private BodyStream.Framing framing(AnswerHead head) throws IOException {
    List<String> codings = head.headers().all("Transfer-Encoding");
    List<String> lengths = head.headers().all("Content-Length");
    // Two framings, or two lengths, are how one answer is made to look like two.
    if (lengths.size() + codings.size() > 1) {
      throw new HttpProtocolException(
          request.url().shown() + " gives the length of its answer twice");
    }
    if (request.method().equals("HEAD") || head.status() == 204 || head.status() == 304) {
      return new BodyStream.Framing.Length(0);
    }
    if (codings.size() == 1) {
      if (!codings.getFirst().equalsIgnoreCase("chunked")) {
        throw new HttpProtocolException(
            request.url().shown() + " uses a transfer coding that is not supported");
      }
      return new BodyStream.Framing.Chunks();
    }
    if (lengths.isEmpty()) {
      return new BodyStream.Framing.UntilClose();
    }
    long length =
        Headers.length(lengths.getFirst())
            .orElseThrow(() ->
                new HttpProtocolException(request.url().shown() + " gives a bad Content-Length"));
    return new BodyStream.Framing.Length(length);
  }

  /** Our own side failed while sending, so there is no answer to wait for. */
  private static final class BodySourceException extends IOException {
    private final IOException failure;

    BodySourceException(IOException failure) {
      super(failure);
      this.failure = failure;
    }
  }
}
