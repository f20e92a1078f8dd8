package dev.cairn.app.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Whether the log is for a person or for a machine. */
public enum LogForm {
  TEXT,
  JSON;

  /**
   * What the operator says with {@code CAIRN_LOG}; else text if standard error is a terminal, and
   * JSON if it is not.
   */
  public static LogForm of(Optional<String> wanted) {
    return wanted
        .filter(word -> word.equals("text") || word.equals("json"))
        .map(word -> word.equals("text") ? TEXT : JSON)
        .orElseGet(() -> isTerminal(Path.of("/proc/self/fd/2")) ? TEXT : JSON);
  }

  /** The name of its configuration: logback-WORD.xml. */
  public String word() {
    return switch (this) {
      case TEXT -> "text";
      case JSON -> "json";
    };
  }

  private static boolean isTerminal(Path descriptor) {
    try {
      Path device = descriptor.toRealPath();
      return device.startsWith("/dev/pts") || device.toString().startsWith("/dev/tty");
    } catch (IOException e) {
      // A pipe or a socket has no path.
      return false;
    }
  }
}
