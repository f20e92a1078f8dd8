package dev.cairn.linux.cgroup;

import dev.cairn.linux.sys.ProcessCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kills all processes of a group, also while they fork. */
final class CgroupKill {
  private static final Logger LOG = LoggerFactory.getLogger(CgroupKill.class);

  private static final Integer NO_GROUP_BELOW = 2;

  private CgroupKill() {}

  /** Uses cgroup.kill where there is one, else freezes, signals each process and thaws. */
  static void kill(Collection<Path> directories, Duration most) throws IOException {
    long end = System.nanoTime() + most.toNanos();
    while (!processes(directories).isEmpty()) {
      for (var directory : directories) {
        write(directory.resolve("cgroup.kill"), "1");
        freeze(directory, "FROZEN");
      }
      for (long pid : processes(directories)) {
        ProcessCalls.kill(pid);
      }
      for (var directory : directories) {
        freeze(directory, "THAWED");
      }
      if (System.nanoTime() > end) {
        throw new IOException("processes survive SIGKILL: " + processes(directories));
      }
      pause();
    }
  }

  private static void freeze(Path directory, String state) throws IOException {
    for (var group : tree(directory)) {
      write(group.resolve("freezer.state"), state);
    }
  }

  /** Writes a control file if it exists; what it refuses, the loop around this notices. */
  private static void write(Path file, String value) {
    if (Files.exists(file)) {
      try {
        Files.writeString(file, value);
      } catch (IOException e) {
        LOG.debug("{} vanished or refused {}", file, value, e);
      }
    }
  }

  /** Not a sleep: a cancelled build's thread is interrupted, and its processes must still go. */
  private static void pause() {
    LockSupport.parkNanos(2_000_000);
    if (Thread.currentThread().isInterrupted()) {
      Thread.yield();
    }
  }

  static Collection<Long> processes(Collection<Path> directories) throws IOException {
    var pids = new TreeSet<Long>();
    for (var directory : directories) {
      for (var group : tree(directory)) {
        lines(group.resolve("cgroup.procs")).forEach(line -> pids.add(Long.valueOf(line)));
      }
    }
    // 0 is a process of another pid namespace, which we could not signal.
    pids.remove(0L);
    return pids;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      // The group is gone, and its processes with it.
      return List.of();
    }
  }

  /** The group and all below it, children first. */
  static List<Path> tree(Path directory) throws IOException {
    try {
      // Each group below is one more link (as in every Unix file system); without one there is
      // no need to look at all the control files, which a step's end would wait for.
      if (Files.getAttribute(directory, "unix:nlink").equals(NO_GROUP_BELOW)) {
        return List.of(directory);
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    try (var all = Files.walk(directory)) {
      return all.filter(Files::isDirectory).toList().reversed();
    } catch (NoSuchFileException e) {
      // Its runtime has removed it meanwhile.
      return List.of();
    } catch (UncheckedIOException e) {
      // A child vanished during the walk.
      return List.of(directory);
    }
  }
}
