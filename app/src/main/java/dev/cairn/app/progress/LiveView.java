package dev.cairn.app.progress;

import dev.cairn.build.BuildEvent;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A live screen: every step a line with its clock, the running ones with their last lines of output
 * below. What has ended scrolls away and stays; only the running part is drawn again.
 */
public final class LiveView implements ProgressView {
  private static final int TAIL = 5;

  private final PrintStream out;
  private final Clock clock;
  private final int width;
  private final Map<Integer, Running> running = new TreeMap<>();
  private final Deque<String> lastLog = new ArrayDeque<>();
  private String state = "";
  private int drawn;

  private static final class Running {
    private final String title;
    private final long since;
    private final Deque<String> tail = new ArrayDeque<>();
    private String progress = "";

    Running(String title, long since) {
      this.title = title;
      this.since = since;
    }
  }

  /**
   * Draws on {@code out}, a terminal.
   *
   * @param width its columns
   */
  public LiveView(PrintStream out, Clock clock, int width) {
    this.out = out;
    this.clock = clock;
    this.width = Math.max(20, width);
  }

  @Override
  public void show(BuildEvent event, String raw) {
    List<String> settled = new ArrayList<>();
    switch (event.body()) {
      case BuildEvent.StateChanged changed -> {
        state = changed.state().name().toLowerCase(Locale.ROOT);
        changed
            .failure()
            .ifPresent(failure -> {
              settled.addAll(lastLog);
              settled.add(
                  "ERROR "
                      + failure.place().map(p -> p + ": ").orElse("")
                      + SafeText.of(failure.sentence()));
              if (!failure.remedy().isEmpty()) {
                settled.add("      " + SafeText.of(failure.remedy()));
              }
            });
      }
      case BuildEvent.StepStarted started ->
          running.put(
              started.step(),
              new Running(
                  "["
                      + started.stage()
                      + " "
                      + started.step()
                      + "/"
                      + started.of()
                      + "] "
                      + SafeText.of(PlainView.firstLine(started.text())),
                  clock.millis()));
      case BuildEvent.StepFinished finished -> finish(finished, settled);
      case BuildEvent.Log log -> log(log, settled);
      case BuildEvent.Progress progress -> {
        Running step = running.get(progress.step());
        if (step != null) {
          step.progress = text(progress);
        } else if (progress.step() == 0) {
          state = text(progress);
        }
      }
      case BuildEvent.Warning warning ->
          settled.add(
              "warning: "
                  + warning.place().map(place -> place + ": ").orElse("")
                  + SafeText.of(warning.sentence()));
      case BuildEvent.Retry retry ->
          settled.add(retry.what() + " is tried again: " + SafeText.of(retry.reason()));
    }
    redraw(settled);
  }

  private void finish(BuildEvent.StepFinished finished, List<String> settled) {
    Running step = running.remove(finished.step());
    if (step == null) {
      return;
    }
    String mark =
        switch (finished.outcome()) {
          case CACHED -> "CACHED";
          case RAN, SHARED -> PlainView.seconds(finished.milliseconds());
          case FAILED -> "ERROR";
          case CANCELLED -> "CANCELLED";
        };
    settled.add(aligned(" => " + step.title, mark));
    if (finished.outcome() == BuildEvent.Outcome.FAILED) {
      lastLog.clear();
      step.tail.forEach(line -> lastLog.add("      " + line));
    }
  }

  private void log(BuildEvent.Log log, List<String> settled) {
    Running step = running.get(log.step());
    String line = SafeText.of(log.line());
    if (step == null) {
      if (log.stream() == BuildEvent.Stream.BUILDER) {
        settled.add(line);
      }
      return;
    }
    step.tail.addLast(line);
    if (step.tail.size() > TAIL) {
      step.tail.removeFirst();
    }
  }

  private static String text(BuildEvent.Progress progress) {
    return progress.total() > 0
        ? progress.what() + " " + progress.done() * 100 / progress.total() + " %"
        : progress.what();
  }

  @Override
  public void tick() {
    redraw(List.of());
  }

  private void redraw(List<String> settled) {
    var screen = new StringBuilder();
    if (drawn > 0) {
      screen.append("\u001b[").append(drawn).append("A\u001b[J");
    }
    for (String line : settled) {
      screen.append(line).append('\n');
    }
    drawn = 0;
    for (Running step : running.values()) {
      String clockText = PlainView.seconds(clock.millis() - step.since);
      draw(screen, aligned(" -> " + step.title, step.progress + " " + clockText));
      for (String line : step.tail) {
        draw(screen, cut("      " + line));
      }
    }
    if (running.isEmpty() && !state.isEmpty()) {
      draw(screen, " " + state + " …");
    }
    out.print(screen);
    out.flush();
  }

  private void draw(StringBuilder screen, String line) {
    screen.append(line).append('\n');
    drawn++;
  }

  private String aligned(String left, String right) {
    int room = width - right.length() - 2;
    String fitted = left.length() > room ? left.substring(0, Math.max(0, room - 1)) + "…" : left;
    return fitted + " ".repeat(Math.max(1, width - 1 - fitted.length() - right.length())) + right;
  }

  private String cut(String line) {
    return line.length() < width ? line : line.substring(0, width - 2) + "…";
  }

  @Override
  public void close() {
    if (drawn > 0) {
      out.print("\u001b[" + drawn + "A\u001b[J");
      drawn = 0;
    }
    out.flush();
  }
}
