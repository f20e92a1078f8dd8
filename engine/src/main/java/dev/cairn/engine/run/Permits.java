package dev.cairn.engine.run;

import dev.cairn.build.TenantId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * So many commands at once. The next place goes to the tenant that has the fewest, so that one
 * build of a hundred stages does not keep another's only command waiting; inside a tenant, and
 * between tenants that have equally many, to whoever came first.
 */
final class Permits {
  private final ReentrantLock lock = new ReentrantLock();

  /** Those who wait, by tenant; the tenants in the order of their coming. */
  private final LinkedHashMap<TenantId, ArrayDeque<Waiter>> waiting = new LinkedHashMap<>();

  private final Map<TenantId, Integer> taken = new HashMap<>();
  private int free;

  Permits(int most) {
    this.free = most;
  }

  private static final class Waiter {
    private final Condition called;
    private boolean admitted;

    Waiter(Condition called) {
      this.called = called;
    }
  }

  /** Waits for a place; closing gives it back. */
  Permit take(TenantId tenant) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      var me = new Waiter(lock.newCondition());
      waiting.computeIfAbsent(tenant, t -> new ArrayDeque<>()).add(me);
      admit();
      try {
        while (!me.admitted) {
          me.called.await();
        }
      } catch (InterruptedException e) {
        if (me.admitted) {
          giveBack(tenant);
        } else {
          leave(tenant, me);
        }
        throw e;
      }
      return () -> {
        lock.lock();
        try {
          giveBack(tenant);
        } finally {
          lock.unlock();
        }
      };
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(TenantId tenant) {
    free++;
    taken.computeIfPresent(tenant, (t, n) -> n == 1 ? null : n - 1);
    admit();
  }

  private void leave(TenantId tenant, Waiter waiter) {
    waiting.computeIfPresent(tenant, (t, all) -> all.remove(waiter) && all.isEmpty() ? null : all);
  }

  private void admit() {
    while (free > 0) {
      Optional<TenantId> next = next();
      if (next.isEmpty()) {
        return;
      }
      ArrayDeque<Waiter> queue = waiting.remove(next.get());
      if (queue == null) {
        return;
      }
      Waiter waiter = queue.remove();
      if (!queue.isEmpty()) {
        // Behind the others, who are as old or had their turn less lately.
        waiting.put(next.get(), queue);
      }
      free--;
      taken.merge(next.get(), 1, Integer::sum);
      waiter.admitted = true;
      waiter.called.signal();
    }
  }

  private Optional<TenantId> next() {
    Optional<TenantId> least = Optional.empty();
    int fewest = Integer.MAX_VALUE;
    for (TenantId tenant : waiting.keySet()) {
      int has = taken.getOrDefault(tenant, 0);
      if (has < fewest) {
        fewest = has;
        least = Optional.of(tenant);
      }
    }
    return least;
  }

  /** A place. */
  @FunctionalInterface
  interface Permit extends AutoCloseable {
    @Override
    void close();
  }
}
