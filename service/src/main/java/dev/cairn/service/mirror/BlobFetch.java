package dev.cairn.service.mirror;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A blob on its way: one writer, and readers that follow it in the same file. The last bytes are
 * only written once the whole has the right digest, so no reader comes to its end with wrong ones.
 */
final class BlobFetch {
  private static final long PATIENCE_SECONDS = 120;
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long written;
  private boolean done;
  private Optional<IOException> failure = Optional.empty();

  BlobFetch(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** Writes everything; readers see it as it comes. */
  void write(InputStream in) throws IOException {
    try (var out = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        wrote(count);
      }
    }
  }

  private void wrote(int count) {
    lock.lock();
    try {
      written += count;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** It has ended, one way or the other. */
  void end(Optional<IOException> with) {
    lock.lock();
    try {
      done = true;
      failure = with;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something to read; what went wrong before that is thrown. */
  void awaitBegin() throws IOException, InterruptedException {
    await(0);
  }

  /**
   * Waits for bytes behind an offset; how far it has come, which is the end if it is no further.
   */
  private long await(long offset) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (written <= offset && !done) {
        long before = written;
        if (!changed.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && written == before) {
          throw new IOException(
              "the mirrored registry sent nothing for " + PATIENCE_SECONDS + " s");
        }
      }
      if (failure.isPresent() && written <= offset) {
        throw new IOException(failure.get().getMessage(), failure.get());
      }
      return written;
    } finally {
      lock.unlock();
    }
  }

  /** Follows from an offset on. */
  InputStream open(long offset) throws IOException {
    var in = new RandomAccessFile(file.toFile(), "r");
    return new Following(in, offset);
  }

  private final class Following extends InputStream {
    private final RandomAccessFile in;
    private long position;

    Following(RandomAccessFile in, long position) {
      this.in = in;
      this.position = position;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      try {
        long end = await(position);
        if (end <= position) {
          return -1;
        }
        in.seek(position);
        int count = in.read(bytes, offset, (int) Math.min(length, end - position));
        position += Math.max(0, count);
        return count;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
