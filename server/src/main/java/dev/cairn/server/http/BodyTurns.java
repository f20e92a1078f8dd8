package dev.cairn.server.http;

import java.util.concurrent.Semaphore;

/**
 * How many large bodies are worked on at once: half of the processors, so that the other half is
 * for short requests, whoever uploads however much. Waiting for a client takes no turn, and those
 * who want one get it in the order of their coming, piece by piece.
 */
final class BodyTurns {
  /** So much of a body needs no turn: most requests never do. */
  private static final long FREE = 1 << 20;

  private final Semaphore turns;

  BodyTurns(int most) {
    this.turns = new Semaphore(most, true);
  }

  static BodyTurns ofThisMachine() {
    return new BodyTurns(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  /** One body's part in it; for one thread. */
  Part part() {
    return new Part();
  }

  /** One body's part. */
  final class Part {
    private boolean holding;

    /** The work is done for now: the body is read on, or the request is over. */
    void leave() {
      if (holding) {
        holding = false;
        turns.release();
      }
    }

    /**
     * Waits until it may work on what was read; {@code read} is how much of the body that makes.
     */
    void enter(long read) {
      if (read > FREE && !holding) {
        // Not to be interrupted: whoever holds a turn gives it back with the next read.
        turns.acquireUninterruptibly();
        holding = true;
      }
    }
  }
}
