package dev.cairn.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends a body that is far too large, piece by piece and without telling its length, until the
 * server answers. From a point on each piece waits until the server has read the one before it, so
 * that nothing is under way in buffers and what was sent tells what the server took.
 */
final class EndlessUpload {
  private static final int PIECE = 32 << 10;

  private EndlessUpload() {}

  /**
   * How it ended.
   *
   * @param sent bytes of the body
   * @param answer head and body of the response; empty if the connection broke without one
   */
  record Outcome(long sent, String answer) {
    /** The status code. */
    int status() {
      return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }
  }

  /** Sends the body until there is an answer or it ends. */
  static Outcome post(String url, Map<String, String> headers, InputStream body, long slowFrom)
      throws IOException, InterruptedException, ExecutionException {
    URI uri = URI.create(url);
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSendBufferSize(64 << 10);
      socket.setTcpNoDelay(true);
      var answer = new CompletableFuture<String>();
      Thread.ofVirtual().start(() -> answer.complete(read(socket)));
      var head = new StringBuilder("POST " + uri.getRawPath() + " HTTP/1.1\r\n");
      head.append("Host: ").append(uri.getAuthority()).append("\r\n");
      head.append("Transfer-Encoding: chunked\r\nConnection: close\r\n");
      headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      OutputStream out = socket.getOutputStream();
      var queues = new SocketQueues(socket.getLocalPort());
      long sent = 0;
      try {
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        byte[] piece = new byte[PIECE];
        for (int n = body.readNBytes(piece, 0, PIECE);
            n > 0 && !answer.isDone();
            n = body.readNBytes(piece, 0, PIECE)) {
          out.write(chunk(piece, n));
          sent += n;
          if (sent >= slowFrom) {
            awaitRead(queues, answer);
          }
        }
        if (!answer.isDone()) {
          out.write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        // The server has closed; its answer may still be there to read.
      }
      return new Outcome(sent, await(answer));
    }
  }

  /** And a moment more, in which a server that has had enough says so. */
  private static void awaitRead(SocketQueues queues, CompletableFuture<String> answer)
      throws IOException, InterruptedException {
    while (!answer.isDone() && queues.bytes() > 0) {
      Thread.sleep(1);
    }
    for (int i = 0; !answer.isDone() && i < 10; i++) {
      Thread.sleep(1);
    }
  }

  private static String await(CompletableFuture<String> answer)
      throws InterruptedException, ExecutionException {
    try {
      return answer.get(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return "";
    }
  }

  private static byte[] chunk(byte[] piece, int length) {
    byte[] head = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.UTF_8);
    byte[] chunk = Arrays.copyOf(head, head.length + length + 2);
    System.arraycopy(piece, 0, chunk, head.length, length);
    chunk[chunk.length - 2] = '\r';
    chunk[chunk.length - 1] = '\n';
    return chunk;
  }

  private static String read(Socket socket) {
    var text = new StringBuilder();
    try {
      var in = new BufferedInputStream(socket.getInputStream());
      for (int each = in.read(); each >= 0; each = in.read()) {
        text.append((char) each);
      }
    } catch (IOException e) {
      // What arrived before counts.
    }
    return text.toString();
  }
}
