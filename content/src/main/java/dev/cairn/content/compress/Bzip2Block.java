package dev.cairn.content.compress;

import dev.cairn.content.ContentException;
import java.io.IOException;
import java.util.Arrays;

/** One block: Huffman codes, move to front, Burrows and Wheeler's transform, run lengths. */
final class Bzip2Block {

  static final Bzip2Block EMPTY = new Bzip2Block(new int[0], 0, 0, 0);

  private static final int GROUP = 50;
  private static final int MAX_SELECTORS = 18_002;
  private static final int[] CRC_TABLE = crcTable();

  /** For each position the byte (lowest eight bits) and where the next one is. */
  private final int[] links;

  private final int length;
  private final int promisedCrc;
  private int position;
  private int used;
  private int crc = -1;
  private int last = -1;
  private int run;
  private int repeat;

  private Bzip2Block(int[] links, int length, int origin, int promisedCrc) {
    this.links = links;
    this.length = length;
    this.position = length == 0 ? 0 : links[origin] >>> 8;
    this.promisedCrc = promisedCrc;
  }

  static Bzip2Block read(Bzip2Bits bits, int maxLength) throws IOException {
    int promised = bits.read32();
    if (bits.readBit()) {
      throw new ContentException("bzip2 blocks of the randomised kind (before 1998) are not read");
    }
    int origin = bits.read(24);
    byte[] symbols = readSymbols(bits);
    int alphabet = symbols.length + 2;
    int groups = bits.read(3);
    int selectorCount = bits.read(15);
    if (groups < 2 || groups > 6 || selectorCount == 0) {
      throw damaged("its code tables");
    }
    byte[] selectors = readSelectors(bits, groups, selectorCount);
    var codes = new Bzip2Code[groups];
    for (int i = 0; i < groups; i++) {
      codes[i] = Bzip2Code.read(bits, alphabet);
    }
    int[] links = new int[maxLength];
    int length = readData(bits, symbols, selectors, codes, links);
    if (origin >= length) {
      throw damaged("its origin");
    }
    link(links, length);
    return new Bzip2Block(links, length, origin, promised);
  }

  /** Bytes of the block after run-length decoding; 0 at its end. */
  int read(byte[] bytes, int offset, int count) {
    int at = offset;
    int end = offset + count;
    while (at < end && (repeat > 0 || used < length)) {
      if (repeat > 0) {
        repeat--;
        at = put(bytes, at, last);
        continue;
      }
      int link = links[position];
      position = link >>> 8;
      used++;
      int value = link & 0xFF;
      if (run == 4) {
        // The byte after four equal ones says how often they are repeated.
        repeat = value;
        run = 0;
        continue;
      }
      run = value == last ? run + 1 : 1;
      last = value;
      at = put(bytes, at, value);
    }
    return at - offset;
  }

  int checkedCrc() throws ContentException {
    if (~crc != promisedCrc) {
      throw damaged("its checksum");
    }
    return promisedCrc;
  }

  private int put(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    crc = (crc << 8) ^ CRC_TABLE[((crc >>> 24) ^ value) & 0xFF];
    return at + 1;
  }

  private static byte[] readSymbols(Bzip2Bits bits) throws IOException {
    int ranges = bits.read(16);
    byte[] symbols = new byte[256];
    int count = 0;
    for (int i = 0; i < 16; i++) {
      if ((ranges & (0x8000 >>> i)) != 0) {
        int used = bits.read(16);
        for (int j = 0; j < 16; j++) {
          if ((used & (0x8000 >>> j)) != 0) {
            symbols[count++] = (byte) (i * 16 + j);
          }
        }
      }
    }
    if (count == 0) {
      throw damaged("its symbols");
    }
    return Arrays.copyOf(symbols, count);
  }

  private static byte[] readSelectors(Bzip2Bits bits, int groups, int count) throws IOException {
    byte[] order = {0, 1, 2, 3, 4, 5};
    byte[] selectors = new byte[Math.min(count, MAX_SELECTORS)];
    for (int i = 0; i < count; i++) {
      int index = 0;
      while (bits.readBit()) {
        if (++index >= groups) {
          throw damaged("its selectors");
        }
      }
      byte selected = order[index];
      System.arraycopy(order, 0, order, 1, index);
      order[0] = selected;
      // Some writers add selectors that no data can use; bzip2 1.0.8 ignores them, and so do we.
      if (i < selectors.length) {
        selectors[i] = selected;
      }
    }
    return selectors;
  }

  private static int readData(
      Bzip2Bits bits, byte[] symbols, byte[] selectors, Bzip2Code[] codes, int[] out)
      throws IOException {
    int end = symbols.length + 1;
    int length = 0;
    int group = -1;
    int left = 0;
    long runLength = 0;
    long runWeight = 1;
    while (true) {
      if (left == 0) {
        if (++group >= selectors.length) {
          throw damaged("its selectors");
        }
        left = GROUP;
      }
      left--;
      int symbol = codes[selectors[group]].next(bits);
      if (symbol <= 1) {
        runLength += runWeight << symbol;
        runWeight <<= 1;
        if (runLength > out.length) {
          throw damaged("its length");
        }
        continue;
      }
      if (length + runLength + (symbol == end ? 0 : 1) > out.length) {
        throw damaged("its length");
      }
      for (; runLength > 0; runLength--) {
        out[length++] = symbols[0] & 0xFF;
      }
      runWeight = 1;
      if (symbol == end) {
        return length;
      }
      byte value = symbols[symbol - 1];
      System.arraycopy(symbols, 0, symbols, 1, symbol - 1);
      symbols[0] = value;
      out[length++] = value & 0xFF;
    }
  }

  /** Undoes the transform: the n-th place of a byte in the sorted column leads to its n-th here. */
  private static void link(int[] links, int length) {
    int[] starts = new int[257];
    for (int i = 0; i < length; i++) {
      starts[(links[i] & 0xFF) + 1]++;
    }
    for (int i = 1; i < 257; i++) {
      starts[i] += starts[i - 1];
    }
    for (int i = 0; i < length; i++) {
      links[starts[links[i] & 0xFF]++] |= i << 8;
    }
  }

  private static int[] crcTable() {
    int[] table = new int[256];
    for (int i = 0; i < 256; i++) {
      int value = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        value = value < 0 ? (value << 1) ^ 0x04C11DB7 : value << 1;
      }
      table[i] = value;
    }
    return table;
  }

  private static ContentException damaged(String what) {
    return new ContentException("the bzip2 stream is damaged: a block is wrong in " + what);
  }
}
