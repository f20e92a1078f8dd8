package dev.cairn.server.cairn;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.build.TenantId;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.EventStream;
import dev.cairn.server.http.Json;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Builds;
import dev.cairn.service.Events;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A build's events from any number on, as server-sent events or as lines of JSON, and why a step
 * was not cached. A reader that lost its connection goes on behind the last number it saw.
 */
final class EventRoutes {
  private static final int SLICE = 500;
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final String LINES = "application/jsonl";

  private final Builds builds;
  private final Events events;

  EventRoutes(Builds builds, Events events) {
    this.builds = builds;
    this.events = events;
  }

  /** Where events go. */
  private interface Out {
    void send(OptionalLong number, Object value) throws IOException;
  }

  void stream(Request request, Response response) throws IOException, InterruptedException {
    var build = BuildRoutes.find(builds, request);
    TenantId tenant = request.caller().tenant();
    long from = from(request);
    boolean follow =
        switch (request.query("follow").orElse("true")) {
          case "true", "" -> true;
          case "false" -> false;
          default -> throw Field.invalid("follow", "is true or false");
        };
    boolean lines = request.header("Accept").orElse("").contains(LINES);
    EventStream.headers(response);
    response.stream(
        200,
        lines ? LINES : "text/event-stream",
        OptionalLong.empty(),
        out -> {
          // The head goes out at once, so that the client knows it is heard.
          out.flush();
          write(lines ? lines(out) : new EventStream(out)::send, tenant, build.id(), from, follow);
        });
  }

  private static Out lines(OutputStream out) {
    return (number, value) -> {
      out.write(Json.STRICT.writeValueAsBytes(value));
      out.write('\n');
      out.flush();
    };
  }

  private void write(Out out, TenantId tenant, BuildId id, long from, boolean follow)
      throws IOException, InterruptedException {
    long next = from;
    while (true) {
      var slice =
          follow
              ? events.follow(tenant, id, next, SLICE, HEARTBEAT)
              : events.read(tenant, id, next, SLICE);
      for (BuildEvent event : slice.events()) {
        out.send(OptionalLong.of(event.number()), WireEvent.of(event));
      }
      next = slice.next();
      if (slice.complete() || (!follow && slice.events().isEmpty())) {
        return;
      }
      if (slice.events().isEmpty()) {
        out.send(
            OptionalLong.empty(), Map.of("type", "heartbeat", "at", WireBuild.time(Instant.now())));
      }
    }
  }

  /** The first number wanted: behind {@code Last-Event-ID}, else {@code from}, else 1. */
  private static long from(Request request) {
    Optional<String> last = request.header("Last-Event-ID").filter(text -> !text.isEmpty());
    String text = last.or(() -> request.query("from")).orElse("1");
    if (!text.matches("[0-9]{1,18}")) {
      throw Field.invalid(last.isPresent() ? "Last-Event-ID" : "from", "is an event's number");
    }
    long number = Long.parseLong(text) + (last.isPresent() ? 1 : 0);
    return Math.max(1, number);
  }

  void why(Request request, Response response) {
    var build = BuildRoutes.find(builds, request);
    String text = request.parameter("step");
    if (!text.matches("[0-9]{1,6}")) {
      throw new ApiException(404, "not-found", "no such step");
    }
    int wanted = Integer.parseInt(text);
    Optional<BuildEvent.StepStarted> started = Optional.empty();
    Optional<BuildEvent.StepFinished> finished = Optional.empty();
    long next = 1;
    Events.Slice slice;
    do {
      slice = events.read(request.caller().tenant(), build.id(), next, SLICE);
      next = slice.next();
      for (BuildEvent event : slice.events()) {
        if (event.body() instanceof BuildEvent.StepStarted step && step.step() == wanted) {
          started = Optional.of(step);
          finished = Optional.empty();
        } else if (event.body() instanceof BuildEvent.StepFinished step && step.step() == wanted) {
          finished = Optional.of(step);
        }
      }
    } while (!slice.events().isEmpty() && !slice.complete());
    if (started.isEmpty() && finished.isEmpty()) {
      throw new ApiException(404, "not-found", "the build has no step " + wanted + " so far");
    }
    response.json(200, why(wanted, started, finished));
  }

  private static Map<String, Object> why(
      int number,
      Optional<BuildEvent.StepStarted> started,
      Optional<BuildEvent.StepFinished> finished) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("step", number);
    started.ifPresent(step -> {
      wire.put("text", step.text());
      wire.put("place", step.place());
    });
    if (finished.isEmpty()) {
      wire.put("outcome", "running");
      return wire;
    }
    var step = finished.get();
    wire.put("outcome", Field.word(step.outcome()));
    wire.put("milliseconds", step.milliseconds());
    step.miss().ifPresent(miss -> wire.put("miss", WireEvent.miss(miss)));
    return wire;
  }
}
