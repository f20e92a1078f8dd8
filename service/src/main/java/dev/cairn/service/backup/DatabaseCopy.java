package dev.cairn.service.backup;

import java.io.IOException;
import java.nio.file.Path;

/** Copies the database as it stands at one moment, while it is written to. */
@FunctionalInterface
public interface DatabaseCopy {

  /**
   * Writes the copy into a directory.
   *
   * @return the file's name: {@link Backup#SQLITE} or {@link Backup#POSTGRES}
   * @throws IOException if it cannot be made; the message says what to do
   */
  String into(Path directory) throws IOException;
}
