package dev.cairn.engine.run;

import dev.cairn.build.BuildEvent;
import dev.cairn.engine.step.SecretMask;
import dev.cairn.linux.sandbox.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts what a step writes into lines and passes them on, masked. Past the step's limit nothing more
 * is kept, but the step is read on, so that it is never blocked by its own noise.
 */
final class LogLines implements OutputSink {
  /** A line longer than this is cut into several. */
  private static final int LONGEST_LINE = 16 << 10;

  private final int step;
  private final BuildEvent.Stream stream;
  private final SecretMask mask;
  private final Consumer<BuildEvent.Log> to;
  private final Budget budget;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /** How many bytes both streams of a step may still log. */
  static final class Budget {
    private final long limit;
    private long left;

    Budget(long bytes) {
      this.limit = bytes;
      this.left = bytes;
    }

    /** Takes these bytes if there are so many left. */
    private boolean take(int bytes) {
      left -= bytes;
      return left >= 0;
    }

    /** Whether something was dropped. */
    boolean exceeded() {
      return left < 0;
    }

    /** What to say about it. */
    String sentence() {
      return "The step wrote more than " + (limit >> 10) + " KiB; the rest of its output is lost.";
    }
  }

  LogLines(
      int step,
      BuildEvent.Stream stream,
      SecretMask mask,
      Budget budget,
      Consumer<BuildEvent.Log> to) {
    this.step = step;
    this.stream = stream;
    this.mask = mask;
    this.budget = budget;
    this.to = to;
  }

  @Override
  public void write(byte[] bytes, int length) {
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, start, i - start);
        flush();
        start = i + 1;
      }
    }
    line.write(bytes, start, length - start);
    if (line.size() >= LONGEST_LINE) {
      flush();
    }
  }

  /** Passes on a last line that has no line feed. */
  void end() {
    if (line.size() > 0) {
      flush();
    }
  }

  private void flush() {
    int size = line.size();
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (budget.take(size + 1)) {
      if (text.endsWith("\r")) {
        text = text.substring(0, text.length() - 1);
      }
      to.accept(new BuildEvent.Log(step, stream, mask.apply(text)));
    }
  }
}
