package dev.cairn.content;

import java.util.Locale;

/** Names that strangers chose, for messages; their bytes are the business of {@code PathBytes}. */
public final class RawText {

  private static final int SHOWN = 200;

  private RawText() {}

  /** Whether all characters are ASCII. */
  public static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** The text in quotation marks: control characters and bad bytes as escapes, cut if long. */
  public static String quote(String text) {
    var shown = new StringBuilder("'");
    for (int i = 0; i < Math.min(text.length(), SHOWN); i++) {
      char c = text.charAt(i);
      boolean control = c < 0x20 || (c >= 0x7F && c < 0xA0);
      boolean badByte = c >= 0xDC80 && c <= 0xDCFF;
      if (control || badByte) {
        shown.append(String.format(Locale.ROOT, "\\x%02x", c & 0xFF));
      } else {
        shown.append(c);
      }
    }
    return shown.append(text.length() > SHOWN ? "…'" : "'").toString();
  }
}
