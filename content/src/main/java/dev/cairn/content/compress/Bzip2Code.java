package dev.cairn.content.compress;

import dev.cairn.content.ContentException;
import java.io.IOException;

/** A canonical Huffman code of a bzip2 block. */
final class Bzip2Code {

  private static final int MAX_BITS = 20;

  /** For each length: the last code of that length, and what to add to find its symbol. */
  private final int[] limits = new int[MAX_BITS + 2];

  private final int[] offsets = new int[MAX_BITS + 2];
  private final int[] symbols;

  private Bzip2Code(int[] lengths) {
    symbols = new int[lengths.length];
    int count = 0;
    int code = 0;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      offsets[bits] = count - code;
      for (int symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] == bits) {
          symbols[count++] = symbol;
          code++;
        }
      }
      limits[bits] = code - 1;
      code <<= 1;
    }
  }

  static Bzip2Code read(Bzip2Bits bits, int alphabet) throws IOException {
    int[] lengths = new int[alphabet];
    int length = bits.read(5);
    for (int i = 0; i < alphabet; i++) {
      while (bits.readBit()) {
        length += bits.readBit() ? -1 : 1;
        if (length < 1 || length > MAX_BITS) {
          throw damaged();
        }
      }
      if (length < 1 || length > MAX_BITS) {
        throw damaged();
      }
      lengths[i] = length;
    }
    return new Bzip2Code(lengths);
  }

  int next(Bzip2Bits bits) throws IOException {
    int code = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
      code = (code << 1) | bits.read(1);
      if (code <= limits[length]) {
        int index = code + offsets[length];
        if (index < 0 || index >= symbols.length) {
          throw damaged();
        }
        return symbols[index];
      }
    }
    throw damaged();
  }

  private static ContentException damaged() {
    return new ContentException("the bzip2 stream is damaged: a code table is wrong");
  }
}
