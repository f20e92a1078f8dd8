package dev.cairn.content.compress;

import com.github.luben.zstd.util.ZstdVersion;
import java.util.Locale;

/**
 * Which compressor makes which bytes: for one id, equal tar bytes give equal compressed bytes on
 * every machine. It is chosen at installation and recorded.
 *
 * @param compression gzip, zstd or none
 * @param version of our way of cutting segments and of the library below
 * @param level of effort; 0 for none
 */
public record CompressorId(Compression compression, String version, int level) {

  /** Raised with each change of the cutting, the sample or the framing. */
  private static final String CUTTING = "1";

  /** The default: what every registry and runtime reads, at the usual effort. */
  public static final CompressorId GZIP_DEFAULT = gzip(6);

  /** Smaller and many times faster, for runtimes that read it. */
  public static final CompressorId ZSTD_DEFAULT = zstd(3);

  /** No compression. */
  public static final CompressorId NONE = new CompressorId(Compression.NONE, CUTTING, 0);

  /** Checks that the level exists. */
  public CompressorId {
    boolean good =
        switch (compression) {
          case NONE -> level == 0;
          case GZIP -> level >= 1 && level <= 9;
          case ZSTD -> level >= 1 && level <= 19;
          case BZIP2, XZ -> false;
        };
    if (!good) {
      throw new IllegalArgumentException(
          "cannot compress with "
              + compression
              + " at level "
              + level
              + "; use gzip 1 to 9, zstd 1 to 19, or none");
    }
  }

  /** gzip by the JDK, at levels 1 to 9. */
  public static CompressorId gzip(int level) {
    return new CompressorId(
        Compression.GZIP, CUTTING + "-jdk" + Runtime.version().feature(), level);
  }

  /** zstd, at levels 1 to 19. */
  public static CompressorId zstd(int level) {
    return new CompressorId(Compression.ZSTD, CUTTING + "-" + ZstdVersion.VERSION, level);
  }

  /** Such as {@code gzip/1-jdk25/6}. */
  @Override
  public String toString() {
    return compression.name().toLowerCase(Locale.ROOT) + "/" + version + "/" + level;
  }
}
