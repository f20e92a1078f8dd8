package dev.cairn.content.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.LimitExceededException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class DecompressionTest {

  private interface Wrap {
    OutputStream around(OutputStream out) throws IOException;
  }

  private static byte[] wrapped(byte[] bytes, Wrap wrap) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var to = wrap.around(out)) {
      to.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] plain(byte[] compressed, ArchiveLimits limits) throws IOException {
    try (var in = Decompression.open(new ByteArrayInputStream(compressed), limits)) {
      return in.readAllBytes();
    }
  }

  private static byte[] text(int size) {
    var random = new Random(3);
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (random.nextInt(4) == 0 ? 'a' + random.nextInt(26) : 'z');
    }
    return bytes;
  }

  private static byte[] twice(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(bytes);
    out.writeBytes(bytes);
    return out.toByteArray();
  }

  @Test
  void readsAllMembersOfEachCompression() throws IOException {
    for (int size : new int[] {0, 1, 70_000, 2_000_000}) {
      byte[] bytes = text(size);
      for (byte[] compressed :
          new byte[][] {
            wrapped(bytes, GZIPOutputStream::new),
            Zstd.compress(bytes),
            wrapped(bytes, BZip2CompressorOutputStream::new),
            wrapped(bytes, out -> new XZOutputStream(out, new LZMA2Options(1)))
          }) {
        assertThat(plain(compressed, ArchiveLimits.DEFAULT)).isEqualTo(bytes);
        assertThat(plain(twice(compressed), ArchiveLimits.DEFAULT)).isEqualTo(twice(bytes));
      }
    }
    assertThat(plain(text(100), ArchiveLimits.DEFAULT)).isEqualTo(text(100));
  }

  @Test
  void readsRunsOfBzip2() throws IOException {
    byte[] zeros = new byte[3_000_000];
    assertThat(plain(wrapped(zeros, BZip2CompressorOutputStream::new), ArchiveLimits.DEFAULT))
        .isEqualTo(zeros);
  }

  @Test
  void stopsBombsWithinAMebibyteOfTheLimit() throws IOException {
    var limits = ArchiveLimits.DEFAULT.withBytes(20 << 20);
    byte[] zeros = new byte[64 << 20];
    for (byte[] bomb : new byte[][] {wrapped(zeros, GZIPOutputStream::new), Zstd.compress(zeros)}) {
      long[] seen = {0};
      assertThatThrownBy(() -> count(bomb, limits, seen))
          .isInstanceOf(LimitExceededException.class);
      assertThat(seen[0]).isLessThanOrEqualTo((20 << 20) + (1 << 20));
    }
  }

  @Test
  void stopsWhatGrowsTooMuch() {
    byte[] bomb = Zstd.compress(new byte[64 << 20]);
    assertThatThrownBy(() -> plain(bomb, ArchiveLimits.DEFAULT))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("times the compressed size");
  }

  @Test
  void refusesDamagedStreams() throws IOException {
    byte[] gzip = wrapped(text(100_000), GZIPOutputStream::new);
    byte[] bzip2 = wrapped(text(100_000), BZip2CompressorOutputStream::new);
    for (byte[] stream : new byte[][] {gzip, Zstd.compress(text(100_000)), bzip2}) {
      byte[] half = java.util.Arrays.copyOf(stream, stream.length / 2);
      assertThatThrownBy(() -> plain(half, ArchiveLimits.DEFAULT))
          .isInstanceOf(ContentException.class);
    }
    bzip2[bzip2.length / 2] ^= 1;
    assertThatThrownBy(() -> plain(bzip2, ArchiveLimits.DEFAULT))
        .isInstanceOf(ContentException.class);
  }

  private static void count(byte[] compressed, ArchiveLimits limits, long[] seen)
      throws IOException {
    byte[] buffer = new byte[8192];
    try (InputStream in = Decompression.open(new ByteArrayInputStream(compressed), limits)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        seen[0] += count;
      }
    }
  }
}
