package dev.cairn.content.compress;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Makes one gzip member or zstd frame of one segment; what a sample shows not to shrink is stored.
 */
final class SegmentEncoder {

  private static final int SAMPLES = 3;
  private static final int SAMPLE = 16 << 10;
  private static final int STORED_BLOCK = 0xFFFF;
  private static final int ZSTD_RAW_BLOCK = 1 << 17;
  private static final int GZIP_FRAME = 18;

  private final CompressorId id;

  SegmentEncoder(CompressorId id) {
    this.id = id;
  }

  /** Whether the sample says that compressing is in vain: less than two hundredths are gained. */
  boolean isIncompressible(byte[] bytes, int length) {
    if (length < SAMPLES * SAMPLE) {
      return false;
    }
    byte[] sample = new byte[SAMPLES * SAMPLE];
    for (int i = 0; i < SAMPLES; i++) {
      int offset = (int) ((long) (length - SAMPLE) * i / (SAMPLES - 1));
      System.arraycopy(bytes, offset, sample, i * SAMPLE, SAMPLE);
    }
    long small =
        id.compression() == Compression.ZSTD
            ? Zstd.compress(sample, 1).length
            : deflate(sample, sample.length, 1, 0).length;
    return small * 100 > sample.length * 98L;
  }

  byte[] compress(byte[] bytes, int length) {
    return switch (id.compression()) {
      case GZIP -> gzip(deflate(bytes, length, id.level(), GZIP_FRAME), bytes, length);
      case ZSTD -> zstd(bytes, length);
      case NONE -> Arrays.copyOf(bytes, length);
      case BZIP2, XZ -> throw new IllegalStateException("refused by CompressorId");
    };
  }

  byte[] store(byte[] bytes, int length) {
    return switch (id.compression()) {
      case GZIP -> gzip(storedDeflate(bytes, length), bytes, length);
      case ZSTD -> storedZstd(bytes, length);
      case NONE -> Arrays.copyOf(bytes, length);
      case BZIP2, XZ -> throw new IllegalStateException("refused by CompressorId");
    };
  }

  /** Deflated bytes with room for a gzip header and trailer around them. */
  private static byte[] deflate(byte[] bytes, int length, int level, int frame) {
    var deflater = new Deflater(level, true);
    try {
      deflater.setInput(bytes, 0, length);
      deflater.finish();
      int front = frame == 0 ? 0 : 10;
      byte[] out = new byte[length / 2 + 4096];
      int at = front;
      while (!deflater.finished()) {
        if (at == out.length) {
          out = Arrays.copyOf(out, out.length * 2);
        }
        at += deflater.deflate(out, at, out.length - at);
      }
      return Arrays.copyOf(out, at + frame - front);
    } finally {
      deflater.end();
    }
  }

  /** RFC 1951, section 3.2.4: blocks of at most 65,535 bytes as they are. */
  private static byte[] storedDeflate(byte[] bytes, int length) {
    int blocks = Math.max(1, (length + STORED_BLOCK - 1) / STORED_BLOCK);
    byte[] stored = new byte[length + 5 * blocks + GZIP_FRAME];
    var out = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).position(10);
    for (int i = 0; i < blocks; i++) {
      int from = i * STORED_BLOCK;
      int size = Math.min(STORED_BLOCK, length - from);
      out.put((byte) (i == blocks - 1 ? 1 : 0)).putShort((short) size).putShort((short) ~size);
      out.put(bytes, from, size);
    }
    return stored;
  }

  /** Fills in header and trailer (RFC 1952, section 2.3): no name, no time, unknown system. */
  private static byte[] gzip(byte[] member, byte[] bytes, int length) {
    var crc = new CRC32();
    crc.update(bytes, 0, length);
    ByteBuffer.wrap(member)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, 0x00088B1F)
        .putInt(4, 0)
        .putShort(8, (short) 0xFF00)
        .putInt(member.length - 8, (int) crc.getValue())
        .putInt(member.length - 4, length);
    return member;
  }

  private byte[] zstd(byte[] bytes, int length) {
    try (var context = new ZstdCompressCtx()) {
      context.setLevel(id.level()).setContentSize(true).setChecksum(true);
      byte[] out = new byte[(int) Zstd.compressBound(length)];
      int size = context.compressByteArray(out, 0, out.length, bytes, 0, length);
      return Arrays.copyOf(out, size);
    }
  }

  /** RFC 8878, sections 3.1.1.1 and 3.1.1.2: one segment, four bytes of size, raw blocks. */
  private static byte[] storedZstd(byte[] bytes, int length) {
    int blocks = Math.max(1, (length + ZSTD_RAW_BLOCK - 1) / ZSTD_RAW_BLOCK);
    byte[] stored = new byte[length + 3 * blocks + 9];
    var out = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0xFD2FB528).put((byte) 0xA0).putInt(length);
    for (int i = 0; i < blocks; i++) {
      int from = i * ZSTD_RAW_BLOCK;
      int size = Math.min(ZSTD_RAW_BLOCK, length - from);
      int header = (size << 3) | (i == blocks - 1 ? 1 : 0);
      out.put((byte) header).putShort((short) (header >>> 8));
      out.put(bytes, from, size);
    }
    return stored;
  }
}
