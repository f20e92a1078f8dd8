package dev.cairn.linux.mount;

import dev.cairn.linux.PathBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The mounts that this process sees (/proc/self/mountinfo, proc(5)), in the order made. */
public record MountTable(List<Entry> entries) {
  /**
   * One mount.
   *
   * @param target where it is mounted
   * @param type the file system's type, such as {@code overlay}
   * @param options of the file system, such as a cgroup's controllers
   */
  public record Entry(String target, String type, List<String> options) {
    /** Copies the options. */
    public Entry {
      options = List.copyOf(options);
    }
  }

  /** Copies the entries. */
  public MountTable {
    entries = List.copyOf(entries);
  }

  /** Reads the present table. */
  public static MountTable read() throws IOException {
    return parse(PathBytes.decode(Files.readAllBytes(Path.of("/proc/self/mountinfo"))));
  }

  static MountTable parse(String text) {
    var entries = new ArrayList<Entry>();
    for (var line : text.split("\n")) {
      var halves = line.split(" - ", 2);
      if (halves.length < 2) {
        continue;
      }
      var left = halves[0].split(" ");
      var right = halves[1].split(" ");
      if (left.length >= 6 && right.length >= 3) {
        entries.add(new Entry(plain(left[4]), right[0], List.of(right[2].split(","))));
      }
    }
    return new MountTable(entries);
  }

  /** Undoes the octal escapes of space, tab, newline and backslash. */
  private static String plain(String escaped) {
    if (escaped.indexOf('\\') < 0) {
      return escaped;
    }
    var out = new StringBuilder();
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == '\\' && i + 3 < escaped.length()) {
        out.append((char) Integer.parseInt(escaped, i + 1, i + 4, 8));
        i += 3;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The mounts at or below a directory, the last made first: the order to unmount in. */
  public List<Entry> below(Path directory) {
    var top = directory.toString();
    var found =
        new ArrayList<>(
            entries.stream()
                .filter(e -> e.target().equals(top) || e.target().startsWith(top + "/"))
                .toList());
    Collections.reverse(found);
    return found;
  }

  /**
   * Unmounts everything below a directory, for what a dead process left.
   *
   * @return how many mounts there were
   */
  public static int unmountBelow(Path directory) throws IOException {
    var found = read().below(directory);
    for (var entry : found) {
      Mounted.unmount(Path.of(entry.target()));
    }
    return found.size();
  }
}
