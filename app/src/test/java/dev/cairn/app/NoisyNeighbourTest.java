package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One tenant's builds and uploads do their worst while another's requests and builds go on. Prints
 * how long those took; fails only if one of them does. Threat 19.
 */
@Tag("all")
class NoisyNeighbourTest {
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("cairn.noise.seconds", 15));

  /** Which noises, a pattern; all of them unless somebody looks into one. */
  private static final String ONLY = System.getProperty("cairn.noise", ".*");

  /** What runs as the noisy tenant, by name. */
  private static Map<String, String> steps() {
    Map<String, String> steps = new LinkedHashMap<>();
    steps.put("nothing", "sleep 86398");
    steps.put("fork bomb", "(f() { f & f; }; while true; do (f); done) 2>/dev/null & sleep 86398");
    steps.put("memory hog", "while true; do tail /dev/zero & tail /dev/zero; done");
    steps.put(
        "disk filler",
        "while true; do dd if=/dev/zero of=/f bs=1M count=1500 2>/dev/null; rm /f; done");
    steps.put(
        "disk filler to its limit",
        "i=0; while true; do dd if=/dev/zero of=/f$i bs=1M"
            + " count=100 2>/dev/null; i=$((i+1)); done");
    steps.put("inode filler", "mkdir /d; i=0; while true; do : > /d/$i; i=$((i+1)); done");
    steps.put("log flood", "busybox yes");
    steps.put("log flood without lines", "cat /dev/zero");
    steps.put(
        "CPU burner",
        "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do"
            + " (while true; do :; done) & done; wait");
    return steps;
  }

  @Test
  void aNeighboursRequestsAndBuildsGoOn(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work);
        var neighbour = new Neighbour(workbench)) {
      neighbour.warmUp();
      for (var step : steps().entrySet()) {
        if (!step.getKey().matches(ONLY)) {
          continue;
        }
        String file = "FROM " + workbench.base() + "\nRUN " + step.getValue() + "\n";
        List<String> builds = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          builds.add(workbench.submit(file + "RUN echo " + i + "\n", Map.of("runSeconds", 120)));
        }
        neighbour.during(step.getKey());
        end(workbench, builds);
      }
      if ("many layers".matches(ONLY)) {
        manyLayers(workbench, neighbour);
      }
      if ("upload flood".matches(ONLY)) {
        uploads(workbench, neighbour);
      }
    }
  }

  private static void end(Workbench workbench, List<String> builds) throws Exception {
    for (String id : builds) {
      workbench.send(workbench.request("/api/v1/builds/" + id).DELETE());
      JsonNode build = workbench.finished(id);
      System.out.println(
          "   the noisy one: "
              + build.path("state").asString()
              + " "
              + build.path("failure").path("sentence").asString(""));
    }
  }

  private static void manyLayers(Workbench workbench, Neighbour neighbour) throws Exception {
    var file = new StringBuilder("FROM " + workbench.base() + "\n");
    for (int i = 0; i < 100; i++) {
      file.append("RUN dd if=/dev/urandom of=/f").append(i).append(" bs=1M count=5 2>/dev/null\n");
    }
    List<String> builds = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      builds.add(workbench.submit(file + "RUN echo " + i + "\n"));
    }
    neighbour.during("many layers");
    end(workbench, builds);
  }

  private static void uploads(Workbench workbench, Neighbour neighbour) throws Exception {
    var stop = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                while (!stop.get()) {
                  upload(workbench, stop);
                }
              }));
    }
    neighbour.during("upload flood");
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void upload(Workbench workbench, AtomicBoolean stop) {
    try (InputStream body = LargeBodies.plain(200L << 20);
        var http = HttpClient.newHttpClient()) {
      http.send(
          workbench
              .request("/api/v1/archives")
              .header("Content-Type", "application/octet-stream")
              .POST(HttpRequest.BodyPublishers.ofInputStream(() -> body))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      // A refusal in the middle of a body is one of the answers.
      assertThat(e).isNotNull();
    } catch (InterruptedException e) {
      stop.set(true);
    }
  }

  /** The tenant that does nothing wrong. */
  private static final class Neighbour implements AutoCloseable {
    private final Workbench workbench;
    private final String token;
    private final HttpClient http = HttpClient.newHttpClient();
    private int number;

    Neighbour(Workbench workbench) throws Exception {
      this.workbench = workbench;
      this.token = workbench.server().token("neighbour");
    }

    private HttpResponse<String> send(String path, String body) throws Exception {
      var request =
          HttpRequest.newBuilder(URI.create(workbench.server().url() + path))
              .timeout(Duration.ofMinutes(1))
              .header("Authorization", "Bearer " + token);
      if (!body.isEmpty()) {
        request
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String timed(Percentiles times, String path, String body) throws Exception {
      long began = System.nanoTime();
      HttpResponse<String> answer = send(path, body);
      times.add(Duration.ofNanos(System.nanoTime() - began));
      assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
      return answer.body();
    }

    private String small() {
      return JsonMapper.shared()
          .writeValueAsString(
              Map.of(
                  "recipe",
                  Map.of(
                      "dockerfile",
                      Map.of(
                          "text",
                          "FROM " + workbench.base() + "\nRUN echo " + number++ + " > /f\n"))));
    }

    void warmUp() throws Exception {
      for (int i = 0; i < 3; i++) {
        String id = id(timed(new Percentiles(), "/api/v1/builds", small()));
        awaitEnd(id, new Percentiles());
        for (int n = 0; n < 100; n++) {
          timed(new Percentiles(), "/api/v1/builds", "");
        }
      }
    }

    private static String id(String answer) {
      return JsonMapper.shared().readTree(answer).path("id").asString();
    }

    private void awaitEnd(String id, Percentiles gets) throws Exception {
      String state;
      do {
        Thread.sleep(20);
        JsonNode build = JsonMapper.shared().readTree(timed(gets, "/api/v1/builds/" + id, ""));
        state = build.path("state").asString();
        assertThat(state).as(build + "").isNotIn("failed", "cancelled");
      } while (!state.equals("ready"));
    }

    void during(String noise) throws Exception {
      var lists = new Percentiles();
      var posts = new Percentiles();
      var events = new Percentiles();
      var gets = new Percentiles();
      var builds = new Percentiles();
      // Until the noise has risen.
      Thread.sleep(2000);
      long end = System.nanoTime() + TIME.toNanos();
      while (System.nanoTime() < end || builds.count() == 0) {
        long began = System.nanoTime();
        String id = id(timed(posts, "/api/v1/builds", small()));
        for (int i = 0; i < 5; i++) {
          timed(lists, "/api/v1/builds", "");
          timed(events, "/api/v1/builds/" + id + "/events?follow=false", "");
        }
        awaitEnd(id, gets);
        builds.add(Duration.ofNanos(System.nanoTime() - began));
      }
      System.out.printf(
          "noise: %s%n   POST builds  %s%n   GET builds   %s%n   GET build    %s%n   GET events   %s%n"
              + "   its builds   %s%n",
          noise, posts, lists, gets, events, builds);
    }

    @Override
    public void close() {
      http.close();
    }
  }
}
