package dev.cairn.app.context;

import dev.cairn.app.client.ApiException;
import dev.cairn.app.client.ApiRequest;
import dev.cairn.app.client.ApiResponse;
import dev.cairn.app.client.CairnApi;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;

/** Uploads one blob; what came through before a connection broke is not sent again. */
final class BlobUpload {
  private static final int ATTEMPTS = 6;

  /** Large enough that asking how far an upload came is worth it. */
  private static final long RESUMABLE = 1 << 20;

  private final CairnApi api;

  BlobUpload(CairnApi api) {
    this.api = api;
  }

  /** Bytes that can be written from any offset on. */
  interface Content {
    void writeTo(OutputStream out, long offset) throws IOException;
  }

  /** Sends it, trying again while the connection breaks. */
  void send(Digest digest, long size, Content content) throws IOException, InterruptedException {
    String path = "/blobs/" + CairnApi.encode(digest.toString());
    for (int attempt = 1; ; attempt++) {
      try {
        boolean ask = size >= RESUMABLE || attempt > 1;
        long offset = ask ? offset(path) : 0;
        if (!ask || offset < size || size == 0) {
          put(path, offset, size, content, ask);
        }
        return;
      } catch (ApiException e) {
        // Another offset than we thought, an upload that another client has just ended, or a server
        // that is going down: look again.
        boolean passing = e.status() == 404 || e.status() == 409 || e.status() >= 500;
        if (attempt == ATTEMPTS || !passing) {
          throw e;
        }
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
      Thread.sleep(100L << attempt);
    }
  }

  private long offset(String path) throws IOException {
    var request = new ApiRequest("HEAD", path, java.util.Map.of(), java.util.Optional.empty());
    try (ApiResponse response = api.open(request)) {
      return Long.parseLong(response.header("upload-offset").orElse("0"));
    } catch (NumberFormatException e) {
      throw new IOException("the server's answer has a bad Upload-Offset; is it Cairn?", e);
    }
  }

  private void put(String path, long offset, long size, Content content, boolean ranged)
      throws IOException {
    var body =
        new ApiRequest.Body() {
          @Override
          public long length() {
            return size - offset;
          }

          @Override
          public void writeTo(OutputStream out) throws IOException {
            content.writeTo(out, offset);
          }
        };
    var request =
        new ApiRequest(
                "PUT",
                path,
                java.util.Map.of("Content-Type", "application/octet-stream"),
                java.util.Optional.empty())
            .with(body);
    if (ranged) {
      request = request.with("Content-Range", "bytes " + offset + "-" + (size - 1) + "/" + size);
    }
    try (ApiResponse response = api.open(request)) {
      response.text();
    }
  }
}
