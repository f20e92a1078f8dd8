package dev.cairn.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Looks for texts in a stream of any length. */
final class TextSearch {
  private static final int PIECE = 1 << 16;

  private TextSearch() {}

  /** Those of the texts that the stream contains; it is read to its end. */
  static List<String> in(InputStream stream, List<String> texts) throws IOException {
    int overlap = texts.stream().mapToInt(String::length).max().orElse(1) - 1;
    Set<String> found = new LinkedHashSet<>();
    String before = "";
    byte[] piece = new byte[PIECE];
    for (int n = stream.readNBytes(piece, 0, PIECE);
        n > 0;
        n = stream.readNBytes(piece, 0, PIECE)) {
      String text = before + new String(piece, 0, n, StandardCharsets.ISO_8859_1);
      texts.stream().filter(text::contains).forEach(found::add);
      before = text.substring(Math.max(0, text.length() - overlap));
    }
    return List.copyOf(found);
  }
}
