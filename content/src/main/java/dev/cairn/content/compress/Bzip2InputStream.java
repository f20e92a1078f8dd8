package dev.cairn.content.compress;

import dev.cairn.content.ContentException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decompresses bzip2: streams one after another, each of blocks of at most 900,000 bytes. Written
 * after the format's description; it needs at most 4.5 MB.
 */
final class Bzip2InputStream extends InputStream {

  private static final long BLOCK_MAGIC = 0x314159265359L;
  private static final long END_MAGIC = 0x177245385090L;
  private static final int BLOCK_UNIT = 100_000;

  private final Bzip2Bits bits;
  private Bzip2Block block = Bzip2Block.EMPTY;
  private int level;
  private int streamCrc;
  private boolean ended;

  Bzip2InputStream(InputStream in) throws IOException {
    this.bits = new Bzip2Bits(in);
    startStream();
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
    while (!ended) {
      int count = block.read(bytes, offset, length);
      if (count > 0) {
        return count;
      }
      nextBlock();
    }
    return -1;
  }

  private void nextBlock() throws IOException {
    if (block != Bzip2Block.EMPTY) {
      int crc = block.checkedCrc();
      streamCrc = Integer.rotateLeft(streamCrc, 1) ^ crc;
      block = Bzip2Block.EMPTY;
    }
    long magic = ((long) bits.read(24) << 24) | bits.read(24);
    if (magic == BLOCK_MAGIC) {
      block = Bzip2Block.read(bits, level * BLOCK_UNIT);
    } else if (magic == END_MAGIC) {
      if (bits.read32() != streamCrc) {
        throw new ContentException("the bzip2 stream is damaged: its checksum is wrong");
      }
      bits.alignToByte();
      if (bits.atEnd()) {
        ended = true;
      } else {
        startStream();
      }
    } else {
      throw new ContentException("the bzip2 stream is damaged: no block where one should begin");
    }
  }

  private void startStream() throws IOException {
    if (bits.read(8) != 'B' || bits.read(8) != 'Z' || bits.read(8) != 'h') {
      throw new ContentException("the bzip2 stream is damaged: no header where one should be");
    }
    level = bits.read(8) - '0';
    streamCrc = 0;
    if (level < 1 || level > 9) {
      throw new ContentException("the bzip2 stream is damaged: unknown block size");
    }
  }
}
