package dev.cairn.engine.run;

import dev.cairn.dockerfile.Mount;
import dev.cairn.engine.disk.DiskMeter;
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
 * what the last of them leaves is committed if all of them have succeeded, for a step that failed
 * may have left half of its work in the same directory.
 *
 * <p>A step takes each volume once, and all of its volumes in the order of their names: so of steps
 * that wait for each other's volumes none waits for itself in a circle.
 */
public final class CacheSessions {
  private final CacheVolumes volumes;
  private final Path work;
  private final DiskMeter disk;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Map<String, Session> running = new HashMap<>();

  CacheSessions(CacheVolumes volumes, Path work, DiskMeter disk) {
    this.volumes = volumes;
    this.work = work;
    this.disk = disk;
  }

  private static final class Session {
    final CacheVolumes.View view;
    final DiskMeter.Counted counted;
    final Mount.Sharing sharing;
    final boolean lasting;
    int users = 1;
    boolean failed;

    Session(
        CacheVolumes.View view, DiskMeter.Counted counted, Mount.Sharing sharing, boolean lasting) {
      this.view = view;
      this.counted = counted;
      this.sharing = sharing;
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
        session.failed |= !succeeded;
        if (--session.users == 0) {
          running.remove(name, session);
          session.counted.close();
          volumes.close(session.view, session.lasting && !session.failed);
        }
      } finally {
        freed.signalAll();
        lock.unlock();
      }
    }
  }

  /**
   * Takes a volume for a step, waiting for steps of this build that must not use it together.
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
      while (mustWait(name, mount.sharing())) {
        freed.await();
      }
      Session other = running.get(name);
      if (other != null && mount.sharing() == Mount.Sharing.SHARED) {
        other.users++;
        return new Hold(name, other);
      }
      boolean spare = other != null;
      Path place = Files.createDirectories(work.resolve("cache-" + UUID.randomUUID()));
      CacheVolumes.View view = volumes.open(name, ownership, empty || spare, place);
      var session = new Session(view, disk.count(view.written()), mount.sharing(), !spare);
      if (!spare) {
        running.put(name, session);
      }
      return new Hold(spare ? "" : name, session);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A locked mount waits for any other; a shared one for what is not shared; a private one never.
   */
  private boolean mustWait(String name, Mount.Sharing sharing) {
    Session other = running.get(name);
    if (other == null) {
      return false;
    }
    return switch (sharing) {
      case LOCKED -> true;
      case SHARED -> other.sharing != Mount.Sharing.SHARED;
      case PRIVATE -> false;
    };
  }
}
