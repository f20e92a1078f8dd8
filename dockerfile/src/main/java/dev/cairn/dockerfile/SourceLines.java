package dev.cairn.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A file as lines, each with its line end; lines are counted from 1. */
record SourceLines(String file, List<String> lines) {
  /** Largest file in bytes. */
  static final int MAX_BYTES = 4 << 20;

  /** Longest line in bytes. */
  static final int MAX_LINE = 65_535;

  private static final int CONTEXT = 2;
  private static final int SHOWN = 500;

  SourceLines {
    lines = List.copyOf(lines);
  }

  static SourceLines of(String file, byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new DockerfileException(
          Problem.TOO_LARGE,
          "the dockerfile is larger than " + MAX_BYTES + " bytes",
          Location.line(file, 1),
          "");
    }
    int start = hasByteOrderMark(bytes) ? 3 : 0;
    var lines = new ArrayList<String>();
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      if (end - start > MAX_LINE) {
        throw new DockerfileException(
            Problem.TOO_LARGE,
            "dockerfile line greater than max allowed size of " + MAX_LINE,
            Location.line(file, lines.size() + 1),
            "");
      }
      int next = Math.min(end + 1, bytes.length);
      lines.add(new String(bytes, start, next - start, StandardCharsets.UTF_8));
      start = next;
    }
    return new SourceLines(file, lines);
  }

  private static boolean hasByteOrderMark(byte[] bytes) {
    return bytes.length >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF;
  }

  int count() {
    return lines.size();
  }

  /** A line without its end. */
  String text(int number) {
    return withoutEnd(lines.get(number - 1));
  }

  static String withoutEnd(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == '\r')) {
      end--;
    }
    return line.substring(0, end);
  }

  /** The lines of a place with two around, numbered, those of the place marked. */
  String excerpt(Location place) {
    var out = new StringBuilder();
    int from = Math.max(1, place.firstLine() - CONTEXT);
    int to = Math.min(count(), Math.min(place.lastLine(), place.firstLine() + 20) + CONTEXT);
    for (int i = from; place.firstLine() > 0 && i <= to; i++) {
      boolean marked = i >= place.firstLine() && i <= place.lastLine();
      String text = text(i);
      String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
      out.append(String.format("%4d | %s %s%n", i, marked ? ">>>" : "   ", shown));
    }
    return out.toString();
  }
}
