package dev.cairn.app.command;

import dev.cairn.app.progress.LiveView;
import dev.cairn.app.progress.PlainView;
import dev.cairn.app.progress.ProgressView;
import dev.cairn.app.progress.TickingView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Chooses how progress is shown. */
final class Views {
  private static final int WIDTH = 100;

  private final Surroundings around;

  Views(Surroundings around) {
    this.around = around;
  }

  /** The view that the options ask for; safe for several threads. */
  ProgressView open(OutputFlags flags) {
    if (flags.quiet) {
      return ProgressView.quiet();
    }
    String mode = flags.progress.or(() -> around.variable("BUILDKIT_PROGRESS")).orElse("auto");
    return new TickingView(
        switch (mode) {
          case "auto" -> isTerminal() ? live() : new PlainView(around.err());
          case "plain" -> new PlainView(around.err());
          case "tty" -> live();
          case "rawjson" -> ProgressView.rawJson(around.err());
          case "quiet", "none" -> ProgressView.quiet();
          default ->
              throw new UsageException("--progress is auto, plain, tty or rawjson, not: " + mode);
        });
  }

  private LiveView live() {
    int width =
        around
            .variable("COLUMNS")
            .filter(c -> c.matches("\\d{2,4}"))
            .map(Integer::parseInt)
            .orElse(WIDTH);
    return new LiveView(around.err(), Clock.systemUTC(), width);
  }

  /** Whether standard error is a terminal that can move its cursor. */
  private boolean isTerminal() {
    return around.variable("TERM").filter(term -> !term.equals("dumb")).isPresent()
        && around.variable("CI").isEmpty()
        && isTerminalDevice();
  }

  private static boolean isTerminalDevice() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return device.startsWith("/dev/pts/") || device.matches("/dev/(tty|console).*");
    } catch (IOException e) {
      return false;
    }
  }
}
