package dev.cairn.content.tar;

import static dev.cairn.content.tar.TarFormat.BLOCK;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.LimitExceededException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads a tar archive as a stream: V7, ustar, PAX with global headers, GNU long names and numbers.
 * Sparse files and other extensions are refused by name. Nothing the archive says is trusted: sizes
 * only bound what is read, headers and names have limits. Used by one thread; it does not close the
 * stream.
 */
public final class TarReader {

  private final TarInput in;
  private final ArchiveLimits limits;
  private final HeaderReader headers;
  private final Content content = new Content();
  private long entries;
  private long contentOffset;
  private long remaining;
  private int padding;
  private boolean ended;

  /** Reads from the stream, which needs no buffer of its own. */
  public TarReader(InputStream in, ArchiveLimits limits) {
    this.in = new TarInput(in, limits.bytes());
    this.limits = limits;
    this.headers = new HeaderReader(this.in, limits);
  }

  /** Whether this block of 512 bytes is a header whose checksum is right: a tar begins here. */
  public static boolean isHeader(byte[] block) {
    if (block.length < BLOCK) {
      return false;
    }
    try {
      new Header(block, 0, "at the start").verify();
      return true;
    } catch (ArchiveException e) {
      return false;
    }
  }

  /**
   * The next entry; what was not read of the last one's content is skipped. Empty at the end.
   *
   * @throws ArchiveException if the archive is malformed
   * @throws LimitExceededException if there are too many entries or bytes
   */
  public Optional<TarEntry> next() throws IOException {
    if (ended) {
      return Optional.empty();
    }
    in.skip(remaining + padding);
    remaining = 0;
    padding = 0;
    var entry = headers.next();
    if (entry.isEmpty()) {
      ended = true;
      return entry;
    }
    if (++entries > limits.entries()) {
      throw new LimitExceededException("entries", limits.entries(), entry.get().path());
    }
    remaining = entry.get().size();
    padding = TarFormat.padding(remaining);
    contentOffset = in.position();
    return entry;
  }

  /** Offset in the archive of the content of the entry read last. */
  public long contentOffset() {
    return contentOffset;
  }

  /** The content of the entry read last; it ends with the entry. Closing it does nothing. */
  public InputStream content() {
    return content;
  }

  /**
   * Reads what follows the archive to the end of the stream: padding, or bytes that every tar
   * program ignores but that belong to the stream's digest.
   */
  public void drain() throws IOException {
    while (next().isPresent()) {
      // The entries that are left are skipped.
    }
    in.drain();
  }

  /** Bytes of the archive read so far. */
  public long position() {
    return in.position();
  }

  private final class Content extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (remaining == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = in.read(bytes, offset, (int) Math.min(length, remaining));
      if (count < 0) {
        throw new ContentException(
            "the archive ends in the middle of a file, " + remaining + " bytes are missing");
      }
      remaining -= count;
      return count;
    }

    @Override
    public int available() {
      return (int) Math.min(remaining, BLOCK);
    }
  }
}
