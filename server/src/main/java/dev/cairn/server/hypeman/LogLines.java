package dev.cairn.server.hypeman;

import dev.cairn.build.BuildEvent;
import java.util.List;
import java.util.Locale;

/** Events as the lines of a plain build log, since this dialect knows lines only. */
final class LogLines {
  private LogLines() {}

  /** The lines of one event; none for what is not told in a log. */
  static List<String> of(BuildEvent.Body body) {
    return switch (body) {
      case BuildEvent.Log log ->
          List.of(log.step() > 0 ? "#" + log.step() + " " + log.line() : log.line());
      case BuildEvent.StepStarted step ->
          List.of(
              "#"
                  + step.step()
                  + " ["
                  + step.stage()
                  + " "
                  + step.step()
                  + "/"
                  + step.of()
                  + "] "
                  + step.text());
      case BuildEvent.StepFinished step ->
          List.of(
              switch (step.outcome()) {
                case RAN ->
                    String.format(
                        Locale.ROOT, "#%d DONE %.1fs", step.step(), step.milliseconds() / 1000.0);
                case CACHED -> "#" + step.step() + " CACHED";
                case SHARED -> "#" + step.step() + " SHARED with a build that ran it too";
                case FAILED -> "#" + step.step() + " ERROR";
                case CANCELLED -> "#" + step.step() + " CANCELED";
              });
      case BuildEvent.Warning warning ->
          List.of(
              "WARN: " + warning.sentence() + warning.place().map(p -> " (" + p + ")").orElse(""));
      case BuildEvent.Retry retry ->
          List.of("retry " + retry.attempt() + " of " + retry.what() + ": " + retry.reason());
      case BuildEvent.Progress _, BuildEvent.StateChanged _ -> List.of();
    };
  }
}
