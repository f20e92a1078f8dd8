package dev.cairn.server.hypeman;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.EventStream;
import dev.cairn.server.http.Handler;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Build;
import dev.cairn.service.Builds;
import dev.cairn.service.Events;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * {@code GET /builds/{id}/events} (section 7). A follower first hears the current status, then
 * every line, every change of status from then on, and the final status last, always.
 */
final class StreamEvents implements Handler {
  private static final int SLICE = 500;

  private final Builds builds;
  private final Events events;
  private final Duration heartbeat;

  StreamEvents(Builds builds, Events events, Duration heartbeat) {
    this.builds = builds;
    this.events = events;
    this.heartbeat = heartbeat;
  }

  @Override
  public void handle(Request request, Response response) throws IOException, InterruptedException {
    boolean follow =
        switch (request.query("follow").orElse("false")) {
          case "true" -> true;
          case "false", "" -> false;
          default -> throw new ApiException(400, "follow must be true or false");
        };
    Build build = HypemanDialect.find(builds, request);
    TenantId tenant = request.caller().tenant();
    EventStream.headers(response);
    response.header("Connection", "keep-alive");
    response.stream(
        200,
        "text/event-stream",
        OptionalLong.empty(),
        out -> {
          out.flush();
          var reader = new Reader(new EventStream(out), tenant, build.id());
          if (follow) {
            reader.follow(build);
          } else {
            reader.stored();
          }
        });
  }

  /** One reader's position. */
  private final class Reader {
    private final EventStream stream;
    private final TenantId tenant;
    private final BuildId id;
    private long next = 1;
    private String announced = "";
    private Instant lastSent = Instant.now();

    Reader(EventStream stream, TenantId tenant, BuildId id) {
      this.stream = stream;
      this.tenant = tenant;
      this.id = id;
    }

    void stored() throws IOException {
      Events.Slice slice;
      do {
        slice = events.read(tenant, id, next, SLICE);
        next = slice.next();
        for (BuildEvent event : slice.events()) {
          log(event);
        }
      } while (!slice.events().isEmpty());
    }

    void follow(Build build) throws IOException, InterruptedException {
      if (!build.state().isFinal()) {
        status(WireBuild.status(build.state()), Instant.now());
      }
      boolean caughtUp = false;
      // The log may lag behind the state that was announced; its older states are not news.
      boolean synced = false;
      String latest = announced;
      while (true) {
        var slice =
            caughtUp
                ? events.follow(tenant, id, next, SLICE, heartbeat)
                : events.read(tenant, id, next, SLICE);
        next = slice.next();
        for (BuildEvent event : slice.events()) {
          if (event.body() instanceof BuildEvent.StateChanged change) {
            // What happened before this reader came is not announced again, only where it led.
            synced |= change.state() == build.state();
            if (synced && !change.state().isFinal()) {
              latest = WireBuild.status(change.state());
              if (caughtUp) {
                changed(latest, event.at());
              }
            }
          } else {
            log(event);
          }
        }
        if (slice.complete()) {
          terminal();
          return;
        }
        if (!caughtUp && slice.events().isEmpty()) {
          caughtUp = true;
          changed(latest, Instant.now());
        }
        if (caughtUp && Duration.between(lastSent, Instant.now()).compareTo(heartbeat) >= 0) {
          send("heartbeat", Instant.now(), Map.of());
        }
      }
    }

    private void terminal() throws IOException {
      Build end =
          builds
              .get(tenant, id)
              .filter(build -> build.state().isFinal())
              .orElseThrow(() -> new IOException("a complete log without a finished build"));
      status(WireBuild.status(end.state()), end.times().completed().orElseGet(Instant::now));
    }

    private void changed(String status, Instant at) throws IOException {
      if (!status.equals(announced)) {
        status(status, at);
      }
    }

    private void status(String status, Instant at) throws IOException {
      announced = status;
      send("status", at, Map.of("status", status));
    }

    private void log(BuildEvent event) throws IOException {
      for (String line : LogLines.of(event.body())) {
        send("log", event.at(), Map.of("content", line));
      }
    }

    private void send(String type, Instant at, Map<String, String> more) throws IOException {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("type", type);
      event.put("timestamp", WireBuild.time(at));
      event.putAll(more);
      stream.send(OptionalLong.empty(), event);
      lastSent = Instant.now();
    }
  }
}
