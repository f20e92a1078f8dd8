package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads through the own API send what is missing, and go on where they broke off. */
class UploadTest {

  @Test
  @Tag("slow")
  void goesOnAfterTwentyCuts(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    long seed = Long.getLong("cairn.seed", System.nanoTime());
    System.out.println("cuts: -Dcairn.seed=" + seed);
    var random = new Random(seed);
    byte[] content = new byte[6_000_000];
    random.nextBytes(content);
    String digest =
        "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    try (var workbench = Workbench.start(work)) {
      for (int cut = 0; cut < 20; cut++) {
        int offset = offset(workbench, digest);
        int until = Math.min(content.length - 1, offset + random.nextInt(content.length / 10));
        sendAndBreak(workbench, digest, content, offset, until);
        assertThat(offset(workbench, digest)).isBetween(offset, until);
      }
      int offset = offset(workbench, digest);
      HttpResponse<String> last =
          workbench.send(
              workbench
                  .request("/api/v1/blobs/" + digest)
                  .header("Content-Type", "application/octet-stream")
                  .header("Content-Range", range(offset, content.length))
                  .PUT(
                      HttpRequest.BodyPublishers.ofByteArray(
                          content, offset, content.length - offset)));
      assertThat(last.statusCode()).as(last.body()).isEqualTo(201);
      HttpResponse<String> head = head(workbench, digest);
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(content.length);
    }
  }

  private static String range(int offset, int total) {
    return "bytes " + offset + "-" + (total - 1) + "/" + total;
  }

  private static HttpResponse<String> head(Workbench workbench, String digest)
      throws IOException, InterruptedException {
    return workbench.send(workbench.request("/api/v1/blobs/" + digest).HEAD());
  }

  /** Where the server stands once it has noticed that the connection is gone. */
  private static int offset(Workbench workbench, String digest)
      throws IOException, InterruptedException {
    int before = -1;
    for (int n = 0; n < 200; n++) {
      HttpResponse<String> head = head(workbench, digest);
      int now = (int) head.headers().firstValueAsLong("Upload-Offset").orElse(0);
      if (now == before) {
        return now;
      }
      before = now;
      Thread.sleep(25);
    }
    throw new AssertionError("the offset never came to rest");
  }

  private static void sendAndBreak(
      Workbench workbench, String digest, byte[] content, int from, int to) throws IOException {
    LiveServer server = workbench.server();
    String[] host = server.host().split(":");
    try (var socket = new Socket(host[0], Integer.parseInt(host[1]))) {
      OutputStream out = socket.getOutputStream();
      String head =
          "PUT /api/v1/blobs/%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"
              .formatted(digest, server.host(), workbench.token());
      head += "Content-Type: application/octet-stream\r\nContent-Length: ";
      head += content.length - from + "\r\n";
      head += "Content-Range: " + range(from, content.length) + "\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.UTF_8));
      out.write(Arrays.copyOfRange(content, from, to));
      out.flush();
    }
  }

  @Test
  @Tag("all")
  void aChangedFileOfTwentyThousandSendsLittleMore(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    Path context = Files.createDirectory(work.resolve("context"));
    var random = new Random(20_000);
    for (int n = 0; n < 20_000; n++) {
      Path folder = context.resolve("d" + n % 200);
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("file-" + n + ".txt"),
          Long.toHexString(random.nextLong()) + "-" + n + "\n");
    }
    try (var workbench = Workbench.start(work);
        var proxy = CountingProxy.before(workbench.server().url())) {
      Files.writeString(
          context.resolve("Dockerfile"), "FROM " + workbench.base() + "\nCOPY . /files/\n");
      build(workbench, proxy, context);
      long before = proxy.sent();
      byte[] changed = new byte[30_000];
      random.nextBytes(changed);
      Files.write(context.resolve("d7/file-7.txt"), changed);

      build(workbench, proxy, context);

      long sent = proxy.sent() - before;
      System.out.println("a changed file of 30,000 bytes sent " + sent + " bytes");
      assertThat(sent).isLessThan(50_000 + changed.length);
    }
  }

  private static void build(Workbench workbench, CountingProxy proxy, Path context) {
    LiveServer.Outcome outcome =
        workbench.cairn(proxy.url(), context, "build", "--progress", "plain", ".");
    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
  }
}
