package dev.cairn.dockerfile.words;

/** Which characters are blank, as Unicode's White_Space property says. */
public final class Blanks {
  private Blanks() {}

  /** True for Unicode white space, which differs from Java's idea at no-break spaces. */
  public static boolean isBlank(int ch) {
    return switch (ch) {
      case '\t', '\n', 0x0B, '\f', '\r', ' ', 0x85, 0xA0 -> true;
      default -> ch > 0x7F && Character.isSpaceChar(ch);
    };
  }

  /** Without leading blanks. */
  public static String trimLeft(String text) {
    int start = 0;
    while (start < text.length() && isBlank(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  /** Without outer blanks. */
  public static String trim(String text) {
    int end = text.length();
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return trimLeft(text.substring(0, end));
  }
}
