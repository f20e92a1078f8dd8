package dev.cairn.service.log;

import dev.cairn.build.BuildEvent;
import dev.cairn.service.store.OwnerOnly;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log of one build. Events are written at once and shown after the next sync. Opening reads the
 * file through; a torn last frame, as after a power cut, is cut off.
 *
 * <p>No channels are used: interrupting a thread in one closes it for all, and cancelled builds and
 * leaving readers are interrupted threads.
 */
final class LogFile implements AutoCloseable {
  private static final int INDEX_STEP = 64;

  private final Path file;
  private final RandomAccessFile out;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The offset of every 64th event, beginning with number 1. */
  private final List<Long> offsets = new ArrayList<>();

  private long end;
  private long written;
  private long durable;
  private boolean finalWritten;
  private boolean broken;

  LogFile(Path file) throws IOException {
    this.file = file;
    if (!Files.exists(file)) {
      OwnerOnly.create(file);
    }
    this.out = new RandomAccessFile(file.toFile(), "rw");
    try {
      recover();
    } catch (IOException | RuntimeException e) {
      out.close();
      throw e;
    }
  }

  private void recover() throws IOException {
    long size = out.length();
    try (var in = input()) {
      while (end < size) {
        int length = in.readInt();
        int checksum = in.readInt();
        if (length < Frame.FIXED || length > Frame.MOST_BYTES + Frame.FIXED) {
          break;
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length || !Frame.intact(payload, checksum, written + 1)) {
          break;
        }
        note(length + Frame.HEADER);
        finalWritten = isFinal(Frame.decode(payload).body());
      }
    } catch (EOFException _) {
      // A torn header; what is before it counts.
      durable = written;
    }
    if (end < size) {
      out.setLength(end);
      out.getFD().sync();
    }
    durable = written;
  }

  private DataInputStream input() throws IOException {
    return new DataInputStream(
        new BufferedInputStream(new FileInputStream(file.toFile()), 1 << 16));
  }

  private void note(int bytes) {
    if (written % INDEX_STEP == 0) {
      offsets.add(end);
    }
    written++;
    end += bytes;
  }

  private static boolean isFinal(BuildEvent.Body body) {
    return body instanceof BuildEvent.StateChanged state && state.state().isFinal();
  }

  /**
   * Adds an event; it is shown after the next {@link #sync}. After a final one nothing is added.
   *
   * @return the bytes written; 0 if the log has ended
   */
  int append(Instant at, BuildEvent.Body body) throws IOException {
    lock.lock();
    try {
      if (finalWritten) {
        return 0;
      }
      if (broken) {
        throw new IOException("an earlier write to the event log " + file + " failed");
      }
      byte[] frame = Frame.encode(written + 1, at, body);
      int bytes = frame.length;
      try {
        out.seek(end);
        out.write(frame);
      } catch (IOException e) {
        giveUp();
        throw e;
      }
      note(bytes);
      finalWritten = isFinal(body);
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Takes back half a frame; if even that fails, nothing more is written to this file. */
  private void giveUp() {
    try {
      out.setLength(end);
    } catch (IOException e) {
      broken = true;
    }
  }

  /** Makes what was written durable, then visible. */
  void sync() throws IOException {
    long upTo;
    lock.lock();
    try {
      upTo = written;
      if (durable == upTo) {
        return;
      }
    } finally {
      lock.unlock();
    }
    out.getFD().sync();
    lock.lock();
    try {
      durable = Math.max(durable, upTo);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Events from this number on that are durable. */
  List<BuildEvent> read(long from, int most) throws IOException {
    long offset;
    long number;
    long last;
    lock.lock();
    try {
      last = durable;
      if (from > last) {
        return List.of();
      }
      int entry = (int) ((from - 1) / INDEX_STEP);
      offset = offsets.get(entry);
      number = (long) entry * INDEX_STEP + 1;
    } finally {
      lock.unlock();
    }
    var events = new ArrayList<BuildEvent>();
    try (var in = input()) {
      in.skipNBytes(offset);
      for (; number <= last && events.size() < most; number++) {
        int length = in.readInt();
        in.readInt();
        if (number < from) {
          in.skipNBytes(length);
        } else {
          events.add(Frame.decode(in.readNBytes(length)));
        }
      }
    }
    return events;
  }

  /** Waits until this number is durable or the time is over. */
  void await(long number, Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (durable < number && !isComplete() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether the final event is durable. */
  boolean isComplete() {
    lock.lock();
    try {
      return finalWritten && durable == written;
    } finally {
      lock.unlock();
    }
  }

  /** The number of the last durable event. */
  long last() {
    lock.lock();
    try {
      return durable;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    sync();
    out.close();
  }
}
