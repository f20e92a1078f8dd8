package dev.cairn.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** A tenant who speaks to the own API with nothing between, so that it can send what it likes. */
record ApiTenant(String url, String token, HttpClient http) {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Set<String> FINAL = Set.of("ready", "failed", "cancelled");

  /** An answer that need not be the wanted one. */
  record Answer(int status, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }
  }

  /** Sends an archive as a context. */
  Answer archive(Path tar) throws IOException, InterruptedException {
    return post("/api/v1/archives", "application/octet-stream", BodyPublishers.ofFile(tar));
  }

  /** Asks for a build. */
  Answer submit(Map<String, Object> body) throws IOException, InterruptedException {
    String text = JSON.writeValueAsString(body);
    return post("/api/v1/builds", "application/json", BodyPublishers.ofString(text));
  }

  private Answer post(String path, String type, BodyPublisher body)
      throws IOException, InterruptedException {
    return answer(request(path).header("Content-Type", type).POST(body));
  }

  private Answer answer(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(answer.statusCode(), answer.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Duration.ofMinutes(2))
        .header("Authorization", "Bearer " + token);
  }

  /** The build as the API shows it. */
  JsonNode build(String id) throws IOException, InterruptedException {
    return answer(request("/api/v1/builds/" + id)).json();
  }

  /** Waits until the build is final, for so long. */
  JsonNode finished(String id, Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      JsonNode build = build(id);
      if (FINAL.contains(build.path("state").asString(""))) {
        return build;
      }
      if (System.nanoTime() > deadline) {
        cancel(id);
        throw new AssertionError("the build hangs: " + build + "\n" + events(id));
      }
      Thread.sleep(40);
    }
  }

  /** Wishes the build to end. */
  void cancel(String id) throws IOException, InterruptedException {
    answer(request("/api/v1/builds/" + id).DELETE());
  }

  /** All events so far, one JSON object per line. */
  String events(String id) throws IOException, InterruptedException {
    var request =
        request("/api/v1/builds/" + id + "/events?follow=false")
            .header("Accept", "application/jsonl");
    HttpResponse<byte[]> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /** The image of a ready build as a tar of an OCI layout. */
  InputStream image(String id) throws IOException, InterruptedException {
    var request = request("/api/v1/builds/" + id + "/output?type=oci");
    var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    if (answer.statusCode() != 200) {
      throw new IOException("the image of " + id + " answers " + answer.statusCode());
    }
    return answer.body();
  }
}
