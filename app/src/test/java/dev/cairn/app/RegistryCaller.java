package dev.cairn.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A client of our registry with nothing between, as one of its users. */
record RegistryCaller(String url, String token, HttpClient http) {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String INDEX = "application/vnd.oci.image.index.v1+json";

  /** An answer. */
  // Answers are never compared, only what is in them.
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, Map<String, List<String>> headers, byte[] body) {
    String header(String name) {
      return headers.entrySet().stream()
          .filter(each -> each.getKey().equalsIgnoreCase(name))
          .findFirst()
          .map(each -> each.getValue().getFirst())
          .orElse("");
    }

    @Override
    public String toString() {
      return status + " " + new String(body, java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  static String digest(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  Answer send(String method, String path) throws IOException, InterruptedException {
    return send(method, path, "", new byte[0]);
  }

  /**
   * Sends anything.
   *
   * @param type of the body; empty for none
   */
  Answer send(String method, String path, String type, byte[] body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url + path))
            .timeout(Duration.ofMinutes(2))
            .header("Authorization", "Bearer " + token)
            .method(
                method,
                body.length == 0 && type.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(answer.statusCode(), answer.headers().map(), answer.body());
  }

  /** Whether the registry says that the repository has the blob. */
  boolean has(String repository, String digest) throws IOException, InterruptedException {
    return send("HEAD", "/v2/" + repository + "/blobs/" + digest).status() == 200;
  }

  /** Asks to mount a blob of another repository; false if it has to be uploaded. */
  boolean mount(String repository, String digest, String from)
      throws IOException, InterruptedException {
    Answer answer =
        send("POST", "/v2/" + repository + "/blobs/uploads/?mount=" + digest + "&from=" + from);
    if (answer.status() == 202) {
      send("DELETE", answer.header("Location"));
    }
    return answer.status() == 201;
  }

  /** Uploads a blob in one piece. */
  void upload(String repository, byte[] bytes) throws IOException, InterruptedException {
    Answer begun = send("POST", "/v2/" + repository + "/blobs/uploads/");
    String location = begun.header("Location");
    Answer ended =
        send(
            "PUT",
            location + (location.contains("?") ? "&" : "?") + "digest=" + digest(bytes),
            "application/octet-stream",
            bytes);
    if (ended.status() != 201) {
      throw new AssertionError("an upload ended with " + ended);
    }
  }

  /** Puts a manifest under a tag or its digest. */
  Answer put(String repository, String reference, String type, byte[] manifest)
      throws IOException, InterruptedException {
    return send("PUT", "/v2/" + repository + "/manifests/" + reference, type, manifest);
  }
}
