package dev.cairn.app.client;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildState;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Reads the events of {@code GET /builds/{id}/events} back into the model. */
public final class EventReader {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private EventReader() {}

  /** The event of one line; empty for heartbeats and for kinds that a newer server may send. */
  public static Optional<BuildEvent> read(String line) {
    JsonNode json = JSON.readTree(line);
    Optional<BuildEvent.Body> body = body(json);
    return body.map(each ->
        new BuildEvent(
            json.path("number").asLong(0),
            Instant.parse(json.path("at").asString("1970-01-01T00:00:00Z")),
            each));
  }

  private static Optional<BuildEvent.Body> body(JsonNode json) {
    return switch (json.path("type").asString("")) {
      case "state" ->
          Optional.of(
              new BuildEvent.StateChanged(
                  constant(BuildState.class, text(json, "state")), failure(json.path("failure"))));
      case "step-started" ->
          Optional.of(
              new BuildEvent.StepStarted(
                  number(json, "step"),
                  number(json, "of"),
                  text(json, "stage"),
                  text(json, "text"),
                  text(json, "place")));
      case "step-finished" ->
          Optional.of(
              new BuildEvent.StepFinished(
                  number(json, "step"),
                  constant(BuildEvent.Outcome.class, text(json, "outcome")),
                  json.path("milliseconds").asLong(0),
                  miss(json.path("miss")),
                  optional(json, "layer")));
      case "log" ->
          Optional.of(
              new BuildEvent.Log(
                  number(json, "step"),
                  constant(BuildEvent.Stream.class, text(json, "stream")),
                  text(json, "line")));
      case "progress" ->
          Optional.of(
              new BuildEvent.Progress(
                  number(json, "step"),
                  text(json, "what"),
                  json.path("done").asLong(0),
                  json.path("total").asLong(0)));
      case "warning" ->
          Optional.of(
              new BuildEvent.Warning(
                  text(json, "code"), text(json, "sentence"), optional(json, "place")));
      case "retry" ->
          Optional.of(
              new BuildEvent.Retry(
                  text(json, "what"), text(json, "reason"), number(json, "attempt")));
      default -> Optional.empty();
    };
  }

  /** The reason of a miss, as in an event or an answer to "why". */
  public static Optional<BuildEvent.Miss> miss(JsonNode json) {
    if (!json.isObject()) {
      return Optional.empty();
    }
    List<String> details = new ArrayList<>();
    json.path("details").forEach(each -> details.add(each.asString("")));
    return Optional.of(new BuildEvent.Miss(text(json, "reason"), text(json, "sentence"), details));
  }

  /** A failure, as in an event or a build. */
  public static Optional<BuildFailure> failure(JsonNode json) {
    if (!json.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new BuildFailure(
            text(json, "code"),
            constant(FailureKind.class, text(json, "kind")),
            text(json, "sentence"),
            text(json, "remedy"),
            json.path("retryable").asBoolean(false),
            constant(Phase.class, text(json, "phase")),
            optional(json, "place"),
            json.has("step") ? Optional.of(number(json, "step")) : Optional.empty(),
            json.has("exitCode") ? Optional.of(number(json, "exitCode")) : Optional.empty(),
            number(json, "attempt"),
            number(json, "attempts"),
            Optional.empty()));
  }

  private static String text(JsonNode json, String member) {
    return json.path(member).asString("");
  }

  private static int number(JsonNode json, String member) {
    return json.path(member).asInt(0);
  }

  private static Optional<String> optional(JsonNode json, String member) {
    return Optional.of(text(json, member)).filter(each -> !each.isEmpty());
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String word) {
    return Enum.valueOf(type, word.replace('-', '_').toUpperCase(Locale.ROOT));
  }
}
