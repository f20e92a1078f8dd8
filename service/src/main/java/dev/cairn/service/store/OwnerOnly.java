package dev.cairn.service.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Files and directories that only their owner may read, from their first moment. */
public final class OwnerOnly {
  private OwnerOnly() {}

  /** Makes an empty file, mode 0600. */
  public static Path create(Path file) throws IOException {
    return Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Makes a directory and its parents, mode 0700, if it is missing. */
  public static Path directories(Path directory) throws IOException {
    return Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
