package dev.cairn.content.compress;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.tukaani.xz.XZInputStream;

/**
 * Opens streams that may be compressed. The result reads the input to its end, all gzip members and
 * zstd frames, and fails once more came out than the limits allow.
 */
public final class Decompression {

  private static final int BUFFER = 1 << 16;

  /** {@code xz -9} needs 65 MiB; what asks for much more wants to exhaust us. */
  private static final int XZ_MEMORY_KIB = 128 << 10;

  /** The largest window: 2^27 bytes, what {@code zstd} itself accepts without being told. */
  private static final int ZSTD_WINDOW_LOG = 27;

  private Decompression() {}

  /** The plain bytes of the stream, whose compression its first bytes tell. */
  public static InputStream open(InputStream in, ArchiveLimits limits) throws IOException {
    var start = new PushbackInputStream(in, Compression.MAGIC_LENGTH);
    byte[] magic = new byte[Compression.MAGIC_LENGTH];
    int length = start.readNBytes(magic, 0, magic.length);
    start.unread(magic, 0, length);
    return open(start, Compression.detect(magic, length), limits);
  }

  /** The plain bytes of the stream, whose compression is known. */
  public static InputStream open(InputStream in, Compression compression, ArchiveLimits limits)
      throws IOException {
    var counted = new CountingInputStream(in);
    try {
      InputStream plain =
          switch (compression) {
            case NONE -> counted;
            case GZIP -> new GZIPInputStream(new AlwaysAvailable(counted), BUFFER);
            case ZSTD -> new ZstdInputStreamNoFinalizer(counted).setLongMax(ZSTD_WINDOW_LOG);
            case XZ -> new XZInputStream(counted, XZ_MEMORY_KIB);
            case BZIP2 -> new Bzip2InputStream(counted);
          };
      return new BoundedInputStream(plain, counted, limits);
    } catch (ContentException e) {
      throw e;
    } catch (ZipException | EOFException e) {
      throw new ContentException("the " + compression + " stream is damaged: " + e.getMessage(), e);
    }
  }
}
