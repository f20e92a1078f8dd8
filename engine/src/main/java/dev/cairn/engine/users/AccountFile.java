package dev.cairn.engine.users;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of a passwd or group file, line by line. A file of a tenant may be anything: it is cut
 * at a number of bytes, and lines that are too long are passed over.
 */
final class AccountFile {
  /** More than any real system has; BuildKit stops at the same size. */
  static final int MOST_BYTES = 10 << 20;

  /** A group's list of members may be long. */
  static final int LONGEST_LINE = 1 << 20;

  private static final int MOST_LINES = 200_000;

  private AccountFile() {}

  /** The fields of each line that has any, at most {@code most} per line. */
  static List<String[]> lines(byte[] bytes, int most, boolean comments) {
    var found = new ArrayList<String[]>();
    int end = Math.min(bytes.length, MOST_BYTES);
    int start = 0;
    while (start < end && found.size() < MOST_LINES) {
      int stop = start;
      while (stop < end && bytes[stop] != '\n') {
        stop++;
      }
      if (stop - start <= LONGEST_LINE) {
        String line = new String(bytes, start, stop - start, StandardCharsets.ISO_8859_1).strip();
        if (!line.isEmpty() && !(comments && line.charAt(0) == '#')) {
          found.add(line.split(":", most + 1));
        }
      }
      start = stop + 1;
    }
    return found;
  }

  /** The field, or "" if the line is shorter. */
  static String field(String[] fields, int index) {
    return index < fields.length ? fields[index] : "";
  }

  /** The number in the field; misbehaving files mean 0, as everywhere. */
  static long number(String[] fields, int index) {
    return Ids.parse(field(fields, index)).orElse(0);
  }

  /** A name as it is compared with the bytes of a file. */
  static String raw(String name) {
    return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** The text that the bytes of a field are. */
  static String text(String field) {
    return new String(field.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
