package dev.cairn.app.progress;

/**
 * Text from a build made fit for a terminal: a log line is a stranger's, and control codes in it
 * could move the cursor, rename the window or hide other lines.
 */
public final class SafeText {
  private SafeText() {}

  /** The text without control characters; a tab becomes blanks, a lone return ends what it hid. */
  public static String of(String text) {
    int carriageReturn = text.lastIndexOf('\r');
    String visible = text;
    if (carriageReturn >= 0) {
      visible =
          carriageReturn == text.length() - 1
              ? text.substring(text.lastIndexOf('\r', carriageReturn - 1) + 1, carriageReturn)
              : text.substring(carriageReturn + 1);
    }
    var safe = new StringBuilder(visible.length());
    for (int i = 0; i < visible.length(); i++) {
      char c = visible.charAt(i);
      if (c == '\u001b') {
        i = endOfEscape(visible, i);
      } else if (c == '\t') {
        safe.append("    ");
      } else if (!isControl(c)) {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  private static boolean isControl(char c) {
    return c < ' '
        || (c >= '\u007f' && c <= '\u009f')
        || (c >= '\u200e' && c <= '\u200f')
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }

  /** The index of the last character of the escape sequence that begins at {@code from}. */
  private static int endOfEscape(String text, int from) {
    int i = from + 1;
    if (i >= text.length()) {
      return from;
    }
    char kind = text.charAt(i);
    if (kind == '[') {
      do {
        i++;
      } while (i < text.length() && (text.charAt(i) < '@' || text.charAt(i) > '~'));
    } else if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') {
      do {
        i++;
      } while (i < text.length() && text.charAt(i) != '\u0007' && text.charAt(i) != '\u001b');
      if (i < text.length() && text.charAt(i) == '\u001b' && i + 1 < text.length()) {
        i++;
      }
    }
    return Math.min(i, text.length() - 1);
  }
}
