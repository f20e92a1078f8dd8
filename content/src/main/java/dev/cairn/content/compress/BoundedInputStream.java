package dev.cairn.content.compress;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.LimitExceededException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Ends with an error when too much comes out, in all or for what went in. */
final class BoundedInputStream extends FilterInputStream {

  /** Below this nobody is harmed, and a few regular kilobytes may well shrink a thousand times. */
  private static final long RATIO_FREE = 16 << 20;

  private static final int MAX_READ = 1 << 17;

  private final CountingInputStream source;
  private final ArchiveLimits limits;
  private long count;

  BoundedInputStream(InputStream in, CountingInputStream source, ArchiveLimits limits) {
    super(in);
    this.source = source;
    this.limits = limits;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read;
    try {
      read = in.read(bytes, offset, Math.min(length, MAX_READ));
    } catch (ZipException | EOFException | com.github.luben.zstd.ZstdIOException e) {
      throw new ContentException("the compressed stream is damaged: " + e.getMessage(), e);
    }
    count += Math.max(0, read);
    if (count > limits.bytes()) {
      throw new LimitExceededException("bytes after decompression", limits.bytes(), "");
    }
    if (count > RATIO_FREE && count / limits.ratio() > source.count()) {
      throw new LimitExceededException("times the compressed size", limits.ratio(), "");
    }
    return read;
  }

  @Override
  public long skip(long length) throws IOException {
    byte[] bytes = new byte[Math.clamp(length, 0, MAX_READ)];
    return Math.max(0, read(bytes, 0, bytes.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
