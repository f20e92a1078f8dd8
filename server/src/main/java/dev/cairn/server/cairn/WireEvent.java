package dev.cairn.server.cairn;

import dev.cairn.build.BuildEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/** An event as JSON: number, time and type, and beside them what belongs to the type. */
final class WireEvent {
  private WireEvent() {}

  static Map<String, Object> of(BuildEvent event) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("number", event.number());
    wire.put("at", WireBuild.time(event.at()));
    switch (event.body()) {
      case BuildEvent.StateChanged change -> {
        wire.put("type", "state");
        wire.put("state", Field.word(change.state()));
        change.failure().ifPresent(failure -> wire.put("failure", WireBuild.failure(failure)));
      }
      case BuildEvent.StepStarted step -> {
        wire.put("type", "step-started");
        wire.put("step", step.step());
        wire.put("of", step.of());
        wire.put("stage", step.stage());
        wire.put("text", step.text());
        wire.put("place", step.place());
      }
      case BuildEvent.StepFinished step -> {
        wire.put("type", "step-finished");
        wire.put("step", step.step());
        wire.put("outcome", Field.word(step.outcome()));
        wire.put("milliseconds", step.milliseconds());
        step.miss().ifPresent(miss -> wire.put("miss", miss(miss)));
        step.layer().ifPresent(layer -> wire.put("layer", layer));
      }
      case BuildEvent.Log log -> {
        wire.put("type", "log");
        wire.put("step", log.step());
        wire.put("stream", Field.word(log.stream()));
        wire.put("line", log.line());
      }
      case BuildEvent.Progress progress -> {
        wire.put("type", "progress");
        wire.put("step", progress.step());
        wire.put("what", progress.what());
        wire.put("done", progress.done());
        wire.put("total", progress.total());
      }
      case BuildEvent.Warning warning -> {
        wire.put("type", "warning");
        wire.put("code", warning.code());
        wire.put("sentence", warning.sentence());
        warning.place().ifPresent(place -> wire.put("place", place));
      }
      case BuildEvent.Retry retry -> {
        wire.put("type", "retry");
        wire.put("what", retry.what());
        wire.put("reason", retry.reason());
        wire.put("attempt", retry.attempt());
      }
    }
    return wire;
  }

  static Map<String, Object> miss(BuildEvent.Miss miss) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("reason", miss.reason());
    wire.put("sentence", miss.sentence());
    wire.put("details", miss.details());
    return wire;
  }
}
