package dev.cairn.engine.run;

import dev.cairn.build.BuildEvent;
import dev.cairn.engine.step.SecretMask;
import dev.cairn.linux.sandbox.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Cuts what a step writes into lines and passes them on, masked. Past the step's limit only the end
 * is kept, but the step is read on, so that it is never blocked by its own noise.
 */
final class LogLines implements OutputSink {
  /** A line longer than this is cut into several. */
  private static final int LONGEST_LINE = 16 << 10;

  private final int step;
  private final BuildEvent.Stream stream;
  private final SecretMask mask;
  private final Budget budget;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /**
   * How much both streams of a step may log: the head of it goes on at once, of what comes later
   * the last part is kept and goes on when the step has ended. A line counts a little more than its
   * bytes, so that a million empty ones are not free.
   */
  static final class Budget {
    private static final int LINE = 64;

    /**
     * So fast, by the same count, a step is read on whose head is full; else it takes a processor.
     */
    private static final long RATE = 32 << 20;

    private final long limit;
    private final long tailLimit;
    private final Consumer<BuildEvent.Log> to;
    private final ArrayDeque<BuildEvent.Log> tail = new ArrayDeque<>();
    private long said;
    private long tailBytes;
    private long lost;
    private long slowSince;
    private long slowBytes;

    /**
     * A budget.
     *
     * @param bytes of the head
     * @param tailBytes of the tail
     */
    Budget(long bytes, long tailBytes, Consumer<BuildEvent.Log> to) {
      this.limit = bytes;
      this.tailLimit = tailBytes;
      this.to = to;
    }

    private synchronized void say(BuildEvent.Log log) {
      long cost = cost(log);
      if (tail.isEmpty() && said + cost <= limit) {
        said += cost;
        to.accept(log);
        return;
      }
      slowDown(cost);
      tail.add(log);
      tailBytes += cost;
      while (tailBytes > tailLimit && tail.size() > 1) {
        tailBytes -= cost(tail.remove());
        lost++;
      }
    }

    private void slowDown(long cost) {
      if (slowBytes == 0) {
        slowSince = System.nanoTime();
      }
      slowBytes += cost;
      long ahead = slowBytes * 1_000_000_000L / RATE - (System.nanoTime() - slowSince);
      if (ahead > 1_000_000) {
        LockSupport.parkNanos(ahead);
      } else if (ahead < -1_000_000_000L) {
        // It was quiet: that is not saved up.
        slowBytes = 0;
      }
    }

    private static long cost(BuildEvent.Log log) {
      return (long) LINE + log.line().length();
    }

    /**
     * The step has ended: gives out the tail, after {@code warn} heard what is missing before it.
     */
    synchronized void end(Consumer<String> warn) {
      if (lost > 0) {
        warn.accept(
            lost
                + " lines of the step's output were left out here, because it said more than is"
                + " kept; its beginning and end are complete.");
      }
      tail.forEach(to);
      tail.clear();
    }
  }

  LogLines(int step, BuildEvent.Stream stream, SecretMask mask, Budget budget) {
    this.step = step;
    this.stream = stream;
    this.mask = mask;
    this.budget = budget;
  }

  @Override
  public void write(byte[] bytes, int length) {
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        add(bytes, start, i);
        flush();
        start = i + 1;
      }
    }
    add(bytes, start, length);
  }

  /** A line without an end goes on in pieces, whatever the pieces it came in. */
  private void add(byte[] bytes, int from, int to) {
    int at = from;
    while (to - at > LONGEST_LINE - line.size()) {
      int piece = LONGEST_LINE - line.size();
      line.write(bytes, at, piece);
      at += piece;
      flush();
    }
    line.write(bytes, at, to - at);
  }

  /** Passes on a last line that has no line feed. */
  void end() {
    if (line.size() > 0) {
      flush();
    }
  }

  private void flush() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (text.endsWith("\r")) {
      text = text.substring(0, text.length() - 1);
    }
    budget.say(new BuildEvent.Log(step, stream, mask.apply(text)));
  }
}
