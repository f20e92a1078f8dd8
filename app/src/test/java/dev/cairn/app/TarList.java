package dev.cairn.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Hostile archives as text, one entry per line: {@code dir PATH}, {@code file PATH TEXT}, {@code
 * mode OCTAL PATH TEXT} (a file with that mode), {@code symlink PATH TARGET}, {@code hardlink PATH
 * TARGET}, {@code char PATH MAJOR MINOR}, {@code block PATH MAJOR MINOR}, {@code fifo PATH}. Java's
 * escapes and the names of build arguments in {@code ${…}} count; nothing is checked.
 */
final class TarList {
  private TarList() {}

  /** Writes the archive that the list describes. */
  static void write(Path list, Map<String, String> arguments, OutputStream to) throws IOException {
    try (var tar = new TarArchiveOutputStream(to, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (String line : Files.readAllLines(list)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          add(tar, expand(line, arguments).translateEscapes().split(" ", 4));
        }
      }
    }
  }

  /** The text with the arguments in it. */
  static String expand(String text, Map<String, String> arguments) {
    for (var each : arguments.entrySet()) {
      text = text.replace("${" + each.getKey() + "}", each.getValue());
    }
    return text;
  }

  private static void add(TarArchiveOutputStream tar, String[] words) throws IOException {
    switch (words[0]) {
      case "dir" -> put(tar, entry(words[1] + "/", TarConstants.LF_DIR), 0755, "");
      case "file" -> put(tar, entry(words[1], TarConstants.LF_NORMAL), 0644, rest(words, 2));
      case "mode" ->
          put(
              tar,
              entry(words[2], TarConstants.LF_NORMAL),
              Integer.parseInt(words[1], 8),
              rest(words, 3));
      case "symlink" -> put(tar, linked(words, TarConstants.LF_SYMLINK), 0777, "");
      case "hardlink" -> put(tar, linked(words, TarConstants.LF_LINK), 0644, "");
      case "char" -> put(tar, device(words, TarConstants.LF_CHR), 0666, "");
      case "block" -> put(tar, device(words, TarConstants.LF_BLK), 0666, "");
      case "fifo" -> put(tar, entry(words[1], TarConstants.LF_FIFO), 0666, "");
      default -> throw new AssertionError("unknown kind of entry: " + words[0]);
    }
  }

  private static String rest(String[] words, int from) {
    return words.length > from
        ? String.join(" ", java.util.Arrays.copyOfRange(words, from, words.length))
        : "";
  }

  private static TarArchiveEntry entry(String path, byte kind) {
    // Absolute names stay absolute.
    return new TarArchiveEntry(path, kind, true);
  }

  private static TarArchiveEntry linked(String[] words, byte kind) {
    TarArchiveEntry entry = entry(words[1], kind);
    entry.setLinkName(words[2]);
    return entry;
  }

  private static TarArchiveEntry device(String[] words, byte kind) {
    TarArchiveEntry entry = entry(words[1], kind);
    entry.setDevMajor(Integer.parseInt(words[2]));
    entry.setDevMinor(Integer.parseInt(words[3]));
    return entry;
  }

  private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, int mode, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    entry.setMode(mode);
    entry.setIds(0, 0);
    entry.setModTime(0);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
