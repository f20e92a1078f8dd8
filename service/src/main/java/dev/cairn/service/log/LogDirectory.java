package dev.cairn.service.log;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.service.Metrics;
import dev.cairn.service.store.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event logs, one file per build in folders by the last digits of the id. A thread of its own
 * syncs what was written, all files of a moment together, so that a chatty step costs one sync per
 * moment and not one per line.
 */
public final class LogDirectory implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogDirectory.class);
  private static final long GATHER_MILLIS = 20;
  private static final int MOST_IDLE = 64;

  private final Path root;
  private final Clock clock;
  private final Metrics metrics;
  private final LinkedHashMap<BuildId, Shared> open = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<LogFile> dirty = new LinkedHashSet<>();
  private final Thread thread;
  private boolean closed;

  /** Logs below this directory. */
  public LogDirectory(Path root, Clock clock, Metrics metrics) throws IOException {
    this.root = OwnerOnly.directories(root);
    this.clock = clock;
    this.metrics = metrics;
    this.thread = Thread.ofPlatform().daemon().name("log-sync").start(this::syncLoop);
  }

  /** An open file and how many use it. */
  private static final class Shared {
    private final LogFile file;
    private int users;

    Shared(LogFile file) {
      this.file = file;
    }
  }

  /** A log in use; closing it gives it back. */
  public final class Handle implements AutoCloseable {
    private final BuildId build;
    private final LogFile file;

    private Handle(BuildId build, LogFile file) {
      this.build = build;
      this.file = file;
    }

    /**
     * Adds an event, shown within a tenth of a second.
     *
     * @throws UncheckedIOException if the disk is full or broken
     */
    public void append(BuildEvent.Body body) {
      try {
        int bytes = file.append(Instant.ofEpochMilli(clock.millis()), body);
        metrics.record(Metrics.Measure.EVENTS, 1);
        metrics.record(Metrics.Measure.EVENT_BYTES, bytes);
      } catch (IOException e) {
        throw new UncheckedIOException("the event log cannot be written: " + e.getMessage(), e);
      }
      synchronized (dirty) {
        dirty.add(file);
        dirty.notifyAll();
      }
    }

    /** Adds an event and syncs before it returns. */
    public void appendNow(BuildEvent.Body body) {
      append(body);
      try {
        file.sync();
      } catch (IOException e) {
        throw new UncheckedIOException("the event log cannot be synced: " + e.getMessage(), e);
      }
    }

    /** Durable events from this number on. */
    public List<BuildEvent> read(long from, int most) {
      try {
        return file.read(from, most);
      } catch (IOException e) {
        throw new UncheckedIOException("the event log cannot be read: " + e.getMessage(), e);
      }
    }

    /** Waits until this number is durable, the log is complete, or the time is over. */
    public void await(long number, Duration timeout) throws InterruptedException {
      file.await(number, timeout);
    }

    /** Whether the final event is durable. */
    public boolean isComplete() {
      return file.isComplete();
    }

    /** The number of the last durable event; 0 for an empty log. */
    public long last() {
      return file.last();
    }

    @Override
    public void close() {
      release(build);
    }
  }

  /** Opens the log of a build, made if there is none. */
  public Handle open(BuildId build) {
    synchronized (open) {
      Shared shared = open.get(build);
      if (shared == null) {
        try {
          Path path = path(build);
          boolean fresh = !Files.exists(path);
          OwnerOnly.directories(folder(build));
          shared = new Shared(new LogFile(path));
          if (fresh) {
            syncDirectory(folder(build));
          }
        } catch (IOException e) {
          throw new UncheckedIOException("the event log cannot be opened: " + e.getMessage(), e);
        }
        open.put(build, shared);
      }
      shared.users++;
      return new Handle(build, shared.file);
    }
  }

  private void release(BuildId build) {
    synchronized (open) {
      Shared shared = open.get(build);
      if (shared != null) {
        shared.users--;
      }
      var idle = open.entrySet().iterator();
      while (open.size() > MOST_IDLE && idle.hasNext()) {
        Shared candidate = idle.next().getValue();
        if (candidate.users == 0) {
          idle.remove();
          forget(candidate);
        }
      }
    }
  }

  private void forget(Shared shared) {
    synchronized (dirty) {
      dirty.remove(shared.file);
    }
    try {
      shared.file.close();
    } catch (IOException e) {
      log.warn("an event log cannot be closed", e);
    }
  }

  /** The bytes of a build's log on disk; 0 if there is none. */
  public long size(BuildId build) throws IOException {
    try {
      return Files.size(path(build));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** Deletes the log of a build. */
  public void delete(BuildId build) throws IOException {
    synchronized (open) {
      Shared shared = open.get(build);
      if (shared != null && shared.users == 0) {
        open.remove(build);
        forget(shared);
      }
    }
    Files.deleteIfExists(path(build));
  }

  /** Deletes the logs of builds that nobody knows and that are older than the moment. */
  public int sweep(Predicate<BuildId> known, Instant olderThan) throws IOException {
    int swept = 0;
    try (var folders = Files.newDirectoryStream(root)) {
      for (Path folder : folders) {
        try (var files = Files.newDirectoryStream(folder)) {
          for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (name.matches("[0-9a-f]{32}")
                && Files.getLastModifiedTime(file).toInstant().isBefore(olderThan)
                && !known.test(BuildId.parse(name))) {
              delete(BuildId.parse(name));
              swept++;
            }
          }
        }
      }
    }
    return swept;
  }

  private Path folder(BuildId build) {
    return root.resolve(build.toString().substring(30));
  }

  private Path path(BuildId build) {
    return folder(build).resolve(build.toString());
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private void syncLoop() {
    while (true) {
      List<LogFile> files;
      try {
        synchronized (dirty) {
          while (dirty.isEmpty()) {
            if (closed) {
              return;
            }
            dirty.wait();
          }
        }
        Thread.sleep(GATHER_MILLIS);
      } catch (InterruptedException e) {
        log.debug("syncing at once");
      }
      synchronized (dirty) {
        files = new ArrayList<>(dirty);
        dirty.clear();
      }
      for (LogFile file : files) {
        try {
          file.sync();
        } catch (IOException e) {
          log.error("an event log cannot be synced", e);
        }
      }
    }
  }

  @Override
  public void close() {
    synchronized (dirty) {
      closed = true;
      dirty.notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (open) {
      open.values().forEach(this::forget);
      open.clear();
    }
  }
}
