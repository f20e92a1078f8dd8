package dev.cairn.app.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * The keys in a data directory. A backup does not hold them: with them its secrets are open to
 * whoever has it.
 */
final class KeyFiles {
  private KeyFiles() {}

  /** The names of all that are there. */
  static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.(key|pem|crt|p12)"))
          .sorted()
          .toList();
    }
  }

  /**
   * Copies them from one directory into another, which is made, for its owner alone.
   *
   * @throws IOException if one is there already with another content
   */
  static List<String> copy(Path from, Path to) throws IOException {
    Files.createDirectories(
        to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    List<String> names = names(from);
    for (String name : names) {
      Path target = to.resolve(name);
      if (Files.exists(target)) {
        if (Files.mismatch(target, from.resolve(name)) >= 0) {
          throw new IOException(target + " is another key; name a directory without it");
        }
        continue;
      }
      Files.copy(from.resolve(name), target, StandardCopyOption.COPY_ATTRIBUTES);
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
    }
    return names;
  }
}
