package dev.cairn.service.disk;

import dev.cairn.service.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Watches the file system of the data directory. Below the reserve no build starts and no upload
 * goes on; the last quarter of it is for the database and the event logs alone, so that builds can
 * still end. Space is measured anew with each question, so all goes on by itself when there is
 * some.
 */
public final class DiskReserve {
  private static final long USUAL = 512L << 20;

  /** Of a small file system, this part is kept free instead. */
  private static final int PART = 20;

  /** Below it room is made, long before anything is refused. */
  private static final long ROOM = 10L << 30;

  private static final int ROOM_PART = 10;

  private final FileStore disk;
  private final long reserve;
  private final long room;

  /**
   * Watches the disk under this directory.
   *
   * @param reserve bytes to keep free; if absent 512 MiB, or 5 % of a smaller disk
   * @throws IOException if the disk cannot be asked
   */
  public DiskReserve(Path directory, Optional<Long> reserve) throws IOException {
    this.disk = Files.getFileStore(directory);
    this.reserve =
        reserve.isPresent() ? reserve.get() : Math.min(USUAL, disk.getTotalSpace() / PART);
    this.room = Math.max(2 * this.reserve, Math.min(ROOM, disk.getTotalSpace() / ROOM_PART));
  }

  /** Free bytes below which room should be made: 10 GiB, or 10 % of a smaller disk. */
  public long usualRoom() {
    return room;
  }

  /** Whether less than the reserve is free. */
  public boolean isLow() {
    return free() < reserve;
  }

  /**
   * Makes sure that something small can be written beside what runs.
   *
   * @throws ServiceException of kind {@code UNAVAILABLE} if not
   */
  public void requireRoom(long bytes) {
    if (free() - bytes < reserve / 4) {
      throw full();
    }
  }

  /**
   * Makes sure that something large may begin.
   *
   * @throws ServiceException of kind {@code UNAVAILABLE} if not
   */
  public void requireReserve() {
    if (isLow()) {
      throw full();
    }
  }

  /** The stream, which fails with the answer for a full disk when the reserve is reached. */
  public InputStream guard(InputStream in) {
    return new GuardedStream(in, this);
  }

  /** The answer for a full disk. */
  public static ServiceException full() {
    return ServiceException.of(
        ServiceException.Kind.UNAVAILABLE,
        "disk-full",
        "the server's disk is full",
        "try again later, or ask the operator for space");
  }

  /** Whether this failed because a disk is full, wherever in its causes that is said. */
  public static boolean isFull(Throwable problem) {
    Throwable cause = problem;
    for (int depth = 0; cause != null && depth < 16; depth++, cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (text.contains("no space left on device")
          || text.contains("disk quota exceeded")
          || text.contains("database or disk is full")) {
        return true;
      }
    }
    return false;
  }

  /** Bytes that are free now. */
  public long free() {
    try {
      return disk.getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("the disk cannot be asked for its free space", e);
    }
  }
}
