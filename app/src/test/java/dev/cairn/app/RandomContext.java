package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Contexts for {@link RandomBuild}: the same names, other contents. */
final class RandomContext {
  private RandomContext() {}

  /** Writes a tar whose contents follow from the seed; small numbers repeat among contexts. */
  static Path write(Path directory, long seed) throws IOException {
    var random = new Random(seed);
    Path inner = directory.resolve("inner-" + seed + ".tar");
    try (var layer = TestLayer.create(inner)) {
      layer.directory("etc", 0755).file("etc/inner", 0644, content(random));
      layer.symlink("etc/link", "inner");
    }
    Path tar = directory.resolve("context-" + seed + ".tar");
    try (var layer = TestLayer.create(tar)) {
      layer.directory("sub", 0755).directory("sub/d", 0700);
      for (String name : RandomBuild.FILES) {
        layer.file(name, 0644, content(random));
      }
      layer.file("inner.tar", 0644, Files.write(inner, Files.readAllBytes(inner)));
    }
    return tar;
  }

  private static String content(Random random) {
    return random.nextBoolean()
        ? "common " + random.nextInt(4) + "\n"
        : "own " + random.nextLong() + "\n".repeat(1 + random.nextInt(50));
  }
}
