package dev.cairn.linux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The one codec between file names, which Linux and tar keep as bytes, and Java strings.
 *
 * <p>A name is decoded as UTF-8. A byte that is not part of well-formed UTF-8 becomes one lone low
 * surrogate, U+DC80 for 0x80 up to U+DCFF for 0xFF (Python's "surrogateescape"), so every name
 * comes back exactly as it was. No well-formed UTF-8 decodes to a lone surrogate, so the two never
 * mix.
 */
public final class PathBytes {
  /** Orders names and paths as their bytes order, unsigned, as {@code LC_ALL=C sort} does. */
  public static final Comparator<String> BYTE_ORDER = PathBytes::compare;

  private PathBytes() {}

  /** The string of a name's bytes; never fails. */
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** The string of {@code length} bytes from {@code offset}; never fails. */
  public static String decode(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] < 0) {
        return decodeUtf8(ByteBuffer.wrap(bytes, offset, length));
      }
    }
    return new String(bytes, offset, length, StandardCharsets.US_ASCII);
  }

  private static String decodeUtf8(ByteBuffer in) {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    var out = CharBuffer.allocate(in.remaining());
    while (in.hasRemaining()) {
      var result = decoder.decode(in, out, true);
      if (result.isError()) {
        out.put((char) (0xDC00 | (in.get() & 0xFF)));
      }
      decoder.reset();
    }
    return out.flip().toString();
  }

  /**
   * The bytes of a name.
   *
   * @throws IllegalArgumentException if the string holds a surrogate that {@link #decode} never
   *     makes
   */
  public static byte[] encode(String name) {
    boolean escaped = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < name.length()
          && Character.isLowSurrogate(name.charAt(i + 1))) {
        i++;
      } else if (c >= 0xDC80 && c <= 0xDCFF) {
        escaped = true;
      } else if (Character.isSurrogate(c)) {
        throw new IllegalArgumentException(
            "name holds the lone surrogate U+%04X at %d".formatted((int) c, i));
      }
    }
    return escaped ? encodeEscaped(name) : name.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] encodeEscaped(String name) {
    var out = new ByteArrayOutputStream(name.length() + 16);
    int plain = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isHighSurrogate(c)) {
        i++;
      } else if (Character.isLowSurrogate(c)) {
        out.writeBytes(name.substring(plain, i).getBytes(StandardCharsets.UTF_8));
        out.write(c & 0xFF);
        plain = i + 1;
      }
    }
    out.writeBytes(name.substring(plain).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static int compare(String a, String b) {
    int n = Math.min(a.length(), b.length());
    for (int i = 0; i < n; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Below the surrogates UTF-16 order is code point order, which is the order of UTF-8.
        return x < 0xD800 && y < 0xD800
            ? Character.compare(x, y)
            : Arrays.compareUnsigned(encode(a), encode(b));
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
