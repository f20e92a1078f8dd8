package dev.cairn.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine; without it the test is skipped and says what it lacked. */
final class Needed {
  private Needed() {}

  /** Which of these programs are not on the search path. */
  static List<String> missing(String... programs) {
    return Stream.of(programs).filter(program -> !isInstalled(program)).toList();
  }

  /** Root, and these programs on the search path. */
  static void rootAnd(String... programs) {
    List<String> missing = new ArrayList<>(missing(programs));
    if (!System.getProperty("user.name").equals("root")) {
      missing.add("root");
    }
    if (!TestImages.missing().isEmpty()) {
      missing.add(TestImages.missing());
    }
    Assumptions.assumeTrue(
        missing.isEmpty(), () -> "this machine lacks " + String.join(", ", missing));
  }

  private static boolean isInstalled(String program) {
    for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
