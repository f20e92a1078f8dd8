package dev.cairn.linux.sandbox;

import dev.cairn.linux.sys.ProcessCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Runtime processes whose service died, found by our state directory in their arguments. */
final class LeftoverRuntimes {
  private LeftoverRuntimes() {}

  static void kill(Path root) throws IOException {
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        if (hasArgument(process, root)) {
          ProcessCalls.kill(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
  }

  private static boolean hasArgument(Path process, Path root) {
    try {
      var text = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      var arguments = Arrays.asList(text.split("\0"));
      int at = arguments.indexOf("--root");
      return at == 1 && arguments.size() > 2 && arguments.get(2).equals(root.toString());
    } catch (IOException e) {
      // The process is gone.
      return false;
    }
  }
}
