package dev.cairn.app;

import dev.cairn.linux.network.NetworkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A container runtime that is the machine's own with something before it: a program that looks at
 * or edits the bundle and then becomes runc with the same arguments. So tests take a rung or a
 * defence away without a switch in the product.
 */
final class TestRuntime {
  private static final String NO_USER_NAMESPACES =
      """
      if grep -q '"type":"user"' "$bundle/config.json"; then
        echo 'no user namespaces here' >&2
        exit 1
      fi
      """;

  private TestRuntime() {}

  /** The packet filter's table of the server with these data. */
  private static String table(Path data) {
    String prefix = "cairn-" + Integer.toHexString(data.toString().hashCode());
    return "inet " + NetworkSettings.name(prefix);
  }

  /** One that knows no user namespaces, so that the service falls back to the plain rung. */
  static Path withoutUserNamespaces(Path folder) throws IOException {
    return write(folder.resolve("plain-runc"), NO_USER_NAMESPACES);
  }

  /**
   * One that has what the defence's ground has, and takes the defence away from every container.
   *
   * @param data of the server
   */
  static Path without(Defence defence, Path folder, Path data) throws IOException {
    boolean plain = defence.ground().rung() == HostileGround.Rung.PLAIN;
    return write(
        folder.resolve("runc-without-" + defence.word()),
        (plain ? NO_USER_NAMESPACES : "")
            + """
            table="%s"
            %s
            jq -c '%s' "$bundle/config.json" >"$bundle/edited.json" || exit 1
            mv "$bundle/edited.json" "$bundle/config.json"
            """
                .formatted(table(data), defence.command(), defence.edit().replace("'", "'\\''")));
  }

  private static Path write(Path program, String before) throws IOException {
    Files.writeString(
        program,
        """
        #!/bin/sh
        bundle=
        previous=
        for argument in "$@"; do
          [ "$previous" != --bundle ] || bundle=$argument
          previous=$argument
        done
        if [ -n "$bundle" ]; then
          %s
        fi
        exec %s "$@"
        """
            .formatted(before, runc()));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  private static Path runc() {
    for (String place :
        new String[] {"/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin"}) {
      Path program = Path.of(place, "runc");
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    throw new AssertionError("runc is not installed");
  }
}
