package dev.cairn.app.progress;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildFailure;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One line per event, each with the number of its step: for logs, pipes and people who scroll. */
public final class PlainView implements ProgressView {
  private final PrintStream out;
  private final Map<Integer, Long> reported = new HashMap<>();

  /** Writes to {@code out}. */
  public PlainView(PrintStream out) {
    this.out = out;
  }

  @Override
  public void show(BuildEvent event, String raw) {
    switch (event.body()) {
      case BuildEvent.StateChanged changed -> {
        line(0, changed.state().name().toLowerCase(Locale.ROOT));
        changed.failure().ifPresent(this::show);
      }
      case BuildEvent.StepStarted started ->
          line(
              started.step(),
              "["
                  + started.stage()
                  + " "
                  + started.step()
                  + "/"
                  + started.of()
                  + "] "
                  + firstLine(started.text()));
      case BuildEvent.StepFinished finished -> {
        line(finished.step(), outcome(finished));
        finished.miss().ifPresent(miss -> line(finished.step(), "not cached: " + miss.sentence()));
      }
      case BuildEvent.Log log -> line(log.step(), log.line());
      case BuildEvent.Progress progress -> show(progress);
      case BuildEvent.Warning warning ->
          line(
              0,
              "warning: "
                  + warning.place().map(place -> place + ": ").orElse("")
                  + warning.sentence());
      case BuildEvent.Retry retry ->
          line(0, retry.what() + " is tried again (" + retry.attempt() + "): " + retry.reason());
    }
  }

  private void show(BuildEvent.Progress progress) {
    // A line per tenth is enough for a log.
    long tenth = progress.total() > 0 ? progress.done() * 10 / progress.total() : -1;
    int key = progress.what().hashCode();
    if (tenth >= 0 && reported.getOrDefault(key, -1L) < tenth) {
      reported.put(key, tenth);
      line(progress.step(), progress.what() + " " + tenth * 10 + " %");
    }
  }

  private void show(BuildFailure failure) {
    line(0, failure.place().map(place -> place + ": ").orElse("") + failure.sentence());
    if (!failure.remedy().isEmpty()) {
      line(0, failure.remedy());
    }
  }

  static String outcome(BuildEvent.StepFinished finished) {
    return switch (finished.outcome()) {
      case CACHED -> "CACHED";
      case SHARED -> "SHARED " + seconds(finished.milliseconds());
      case RAN -> "DONE " + seconds(finished.milliseconds());
      case FAILED -> "ERROR " + seconds(finished.milliseconds());
      case CANCELLED -> "CANCELLED";
    };
  }

  static String seconds(long milliseconds) {
    return String.format(Locale.ROOT, "%.1fs", milliseconds / 1000.0);
  }

  static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end) + " …";
  }

  private void line(int step, String text) {
    out.println((step == 0 ? "" : "#" + step + " ") + SafeText.of(text));
  }

  @Override
  public void tick() {}

  @Override
  public void close() {
    out.flush();
  }
}
