package dev.cairn.engine.run;

import dev.cairn.dockerfile.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One build's views of cache volumes. Inside the build steps share a view as {@code sharing=} says;
 * what the last of them leaves is committed if one of them has succeeded.
 */
public final class CacheSessions {
  private final CacheVolumes volumes;
  private final Path work;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Map<String, Session> shared = new HashMap<>();

  CacheSessions(CacheVolumes volumes, Path work) {
    this.volumes = volumes;
    this.work = work;
  }

  private static final class Session {
    final CacheVolumes.View view;
    final boolean lasting;
    int users = 1;
    boolean succeeded;

    Session(CacheVolumes.View view, boolean lasting) {
      this.view = view;
      this.lasting = lasting;
    }
  }

  /** A step's hold of a volume. */
  final class Hold {
    private final String name;
    private final Session session;

    private Hold(String name, Session session) {
      this.name = name;
      this.session = session;
    }

    Path directory() {
      return session.view.directory();
    }

    /** The step has ended. */
    void release(boolean succeeded) throws IOException {
      lock.lock();
      try {
        session.succeeded |= succeeded;
        if (--session.users == 0) {
          shared.remove(name, session);
          volumes.close(session.view, session.succeeded && session.lasting);
          freed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Takes a volume for a step.
   *
   * @param name the volume's own name
   * @param empty whether the build begins with an empty one
   */
  Hold take(String name, Mount.Cache mount, boolean empty)
      throws IOException, InterruptedException {
    var ownership =
        new CacheVolumes.Ownership(mount.owner().mode(), mount.owner().uid(), mount.owner().gid());
    lock.lockInterruptibly();
    try {
      if (mount.sharing() == Mount.Sharing.LOCKED) {
        while (shared.containsKey(name)) {
          freed.await();
        }
      }
      Session running = shared.get(name);
      if (running != null && mount.sharing() == Mount.Sharing.SHARED) {
        running.users++;
        return new Hold(name, running);
      }
      boolean spare = running != null;
      Path place = Files.createDirectories(work.resolve("cache-" + UUID.randomUUID()));
      var session = new Session(volumes.open(name, ownership, empty || spare, place), !spare);
      if (!spare) {
        shared.put(name, session);
      }
      return new Hold(spare ? "" : name, session);
    } finally {
      lock.unlock();
    }
  }
}
