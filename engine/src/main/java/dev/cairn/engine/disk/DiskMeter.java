package dev.cairn.engine.disk;

import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.file.DiskSpace;
import dev.cairn.linux.file.DiskUse;
import dev.cairn.linux.sys.KernelThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one build has on the disk, and its limit.
 *
 * <ol>
 *   <li>{@link #count} every directory that a step can write to, before it begins.
 *   <li>{@link #run} the step: while it runs, the {@link DiskWatcher} measures, and when the limit
 *       is reached it interrupts every step of the build; {@code run} then throws what was reached.
 *   <li>{@link Counted#keep} what stays on the disk after the step, close what goes.
 * </ol>
 *
 * <p>Walking a tree is the only way to know where kernels or file systems keep no accounts of a
 * directory. It is done when the free space has sunk so far that the limit may have been passed,
 * and else from time to time; never for more than about a fifth of the time.
 */
public final class DiskMeter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskMeter.class);
  private static final long EVERY = Duration.ofSeconds(2).toNanos();

  private final DiskWatcher watcher;
  private final DiskLimit limit;
  private final Optional<Cgroup> group;
  private final Map<Path, Integer> directories = new HashMap<>();
  private final Set<Thread> workers = new HashSet<>();
  private final ReentrantLock walking = new ReentrantLock();
  private Map<Path, DiskUse> measured = Map.of();
  private DiskUse kept = DiskUse.NONE;
  private DiskUse last = DiskUse.NONE;
  private DiskSpace spaceThen;
  private long walkEnded = System.nanoTime();
  private long walkTook;
  private Optional<DiskReached> reached = Optional.empty();
  private long peakBytes;
  private long peakEntries;

  DiskMeter(DiskWatcher watcher, DiskLimit limit, Optional<Cgroup> group, DiskSpace now) {
    this.watcher = watcher;
    this.limit = limit;
    this.group = group;
    this.spaceThen = now;
  }

  /** A step, or a part of one. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T run() throws IOException, InterruptedException;
  }

  /** A build was stopped for the disk's sake. */
  public static final class ReachedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What was reached. */
    private final transient DiskReached what;

    ReachedException(DiskReached what) {
      super(what.sentence());
      this.what = what;
    }

    /** What was reached. */
    public DiskReached what() {
      return what;
    }
  }

  /** A directory that counts. */
  public final class Counted implements AutoCloseable {
    private final Path directory;
    private boolean ended;

    private Counted(Path directory) {
      this.directory = directory;
    }

    /**
     * Nothing was written there since the work was {@link DiskMeter#run}, and what is there stays
     * on the disk.
     */
    public void keep() {
      synchronized (DiskMeter.this) {
        if (end()) {
          kept = kept.plus(measured.getOrDefault(directory, DiskUse.NONE));
        }
      }
    }

    private boolean end() {
      synchronized (DiskMeter.this) {
        boolean first = !ended;
        ended = true;
        if (first) {
          directories.computeIfPresent(directory, (d, n) -> n == 1 ? null : n - 1);
        }
        return first;
      }
    }

    /** It does not count any more. */
    @Override
    public void close() {
      boolean first = end();
      LOG.trace("{} does not count any more: {}", directory, first);
    }
  }

  /** Counts what is, and comes to be, in this directory. */
  public synchronized Counted count(Path directory) {
    directories.merge(directory, 1, Integer::sum);
    return new Counted(directory);
  }

  /** The longest file that a step may write. */
  public Optional<Long> longestFile() {
    return limit.bytes();
  }

  /**
   * Does the work under watch.
   *
   * @throws ReachedException if the build reached its limit, before, meanwhile or with it
   * @throws InterruptedException if the build was cancelled
   */
  public <T> T run(Work<T> work) throws IOException, InterruptedException, ReachedException {
    enter();
    T result;
    try {
      result = work.run();
      measure();
    } catch (IOException | InterruptedException | RuntimeException e) {
      Optional<DiskReached> why = leave();
      if (why.isPresent()) {
        var stopped = new ReachedException(why.get());
        stopped.addSuppressed(e);
        throw stopped;
      }
      throw e;
    }
    Optional<DiskReached> why = leave();
    if (why.isPresent()) {
      throw new ReachedException(why.get());
    }
    return result;
  }

  private void enter() throws ReachedException {
    synchronized (this) {
      if (reached.isPresent()) {
        throw new ReachedException(reached.get());
      }
      workers.add(Thread.currentThread());
    }
    watcher.wake();
  }

  private synchronized Optional<DiskReached> leave() {
    workers.remove(Thread.currentThread());
    if (reached.isPresent()) {
      // The interrupt was the watcher's and has done its work.
      boolean ours = Thread.interrupted();
      LOG.trace("left a step that was stopped, interrupted: {}", ours);
    }
    return reached;
  }

  /** What was reached, if anything was. */
  public synchronized Optional<DiskReached> reached() {
    return reached;
  }

  /** The most bytes at one time, as far as they were measured. */
  public synchronized long peakBytes() {
    return peakBytes;
  }

  /** The most files, directories and links at one time, as far as they were measured. */
  public synchronized long peakEntries() {
    return peakEntries;
  }

  synchronized boolean isActive() {
    return !workers.isEmpty();
  }

  synchronized DiskUse used() {
    return last;
  }

  /** Stops every step of the build; again and again, for one may just have begun. */
  synchronized void stop(DiskReached why) {
    if (reached.isEmpty()) {
      reached = Optional.of(why);
    }
    workers.forEach(Thread::interrupt);
  }

  /** Whether it is time to measure, the disk's space being this. */
  synchronized boolean isDue(DiskSpace now) {
    if (reached.isPresent() || walking.isLocked()) {
      return false;
    }
    long since = System.nanoTime() - walkEnded;
    long bytes = last.bytes() + Math.max(0, spaceThen.freeBytes() - now.freeBytes());
    long entries = last.entries() + Math.max(0, spaceThen.freeInodes() - now.freeInodes());
    boolean passed =
        limit.bytes().filter(most -> bytes >= most).isPresent()
            || limit.inodes().filter(most -> entries >= most).isPresent();
    // A file system without a count of inodes does not say when they become many.
    long usual = now.inodes() == 0 ? EVERY / 4 : EVERY;
    return passed ? since > 4 * walkTook : since > Math.max(usual, 10 * walkTook);
  }

  /** Measures everything and stops the build if that is too much. */
  void measure() throws IOException {
    walking.lock();
    try {
      KernelThreads.run(this::walk);
    } finally {
      walking.unlock();
    }
  }

  /** The same, unless somebody is doing it. */
  void measureUnlessBusy() throws IOException {
    if (walking.tryLock()) {
      try {
        walk();
      } finally {
        walking.unlock();
      }
    }
  }

  private void walk() throws IOException {
    long began = System.nanoTime();
    DiskSpace space = watcher.space();
    List<Path> now;
    DiskUse sum;
    synchronized (this) {
      now = new ArrayList<>(directories.keySet());
      sum = kept;
    }
    var each = new HashMap<Path, DiskUse>();
    for (Path directory : now) {
      DiskUse use = DiskUse.of(directory);
      each.put(directory, use);
      sum = sum.plus(use);
    }
    if (group.isPresent()) {
      sum = sum.plus(new DiskUse(group.get().deletedFileBytes(), 0, false));
    }
    note(sum, each, space, System.nanoTime() - began);
  }

  private synchronized void note(DiskUse use, Map<Path, DiskUse> each, DiskSpace space, long took) {
    measured = each;
    last = use;
    spaceThen = space;
    walkTook = took;
    walkEnded = System.nanoTime();
    peakBytes = Math.max(peakBytes, use.bytes());
    peakEntries = Math.max(peakEntries, use.entries());
    if (limit.bytes().filter(most -> use.bytes() >= most).isPresent()) {
      stop(new DiskReached.Bytes(limit.bytes().get()));
    } else if (limit.inodes().filter(most -> use.entries() >= most).isPresent()) {
      stop(new DiskReached.Inodes(limit.inodes().get()));
    } else if (use.tooDeep()) {
      stop(new DiskReached.Depth());
    }
  }

  @Override
  public void close() {
    watcher.forget(this);
  }
}
