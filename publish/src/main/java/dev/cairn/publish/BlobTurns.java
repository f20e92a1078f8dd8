package dev.cairn.publish;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Lets one push at a time send a blob of a tenant to a repository: two that continue the same
 * upload would destroy it, and the second one finds the blob there.
 */
final class BlobTurns {

  /** A turn; closing it lets the next one in. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  private static final class Turn {
    private final Semaphore free = new Semaphore(1);
    private int users;
  }

  private final Map<String, Turn> turns = new HashMap<>();

  Held take(String name) throws InterruptedException {
    Turn turn;
    synchronized (turns) {
      turn = turns.computeIfAbsent(name, _ -> new Turn());
      turn.users++;
    }
    try {
      turn.free.acquire();
    } catch (InterruptedException e) {
      leave(name, turn);
      throw e;
    }
    return () -> {
      turn.free.release();
      leave(name, turn);
    };
  }

  private void leave(String name, Turn turn) {
    synchronized (turns) {
      if (--turn.users == 0) {
        turns.remove(name);
      }
    }
  }
}
