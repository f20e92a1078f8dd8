package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A runtime that works, but not in a user namespace, as on an older machine. */
final class PlainRuntime {
  private PlainRuntime() {}

  /** Writes it as a script into the directory. */
  static Path in(Path directory) throws IOException {
    Path script = directory.resolve("plain-runc");
    Files.writeString(
        script,
        """
        #!/bin/sh
        for argument; do
          if [ "$last" = --bundle ] && grep -q '"type":"user"' "$argument/config.json"; then
            echo "user namespaces are switched off" >&2
            exit 1
          fi
          last=$argument
        done
        exec runc "$@"
        """);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }
}
