package dev.cairn.linux.sandbox;

import dev.cairn.linux.FileStat;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Finds a step's program in its tree as execvp(3) would, without leaving the tree. */
final class ProgramLookup {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** Why a program cannot run: 127 there is none, 126 it is not executable. */
  record Failure(int exitCode, String message) {}

  private ProgramLookup() {}

  /** Empty if the program is there, or if only the runtime can say because of bound directories. */
  static Optional<Failure> check(SandboxSpec spec) throws IOException {
    var command = spec.command();
    var program = command.argv().getFirst();
    if (spec.mounts().stream().anyMatch(ProgramLookup::mayHoldPrograms)) {
      return Optional.empty();
    }
    boolean seen = false;
    try (var root = Directory.open(spec.rootfs())) {
      for (var place : places(program, command)) {
        var found = find(root, place);
        if (found.isPresent() && found.get().isRegular() && (found.get().mode() & 0111) != 0) {
          return Optional.empty();
        }
        seen |= found.isPresent();
      }
    }
    return Optional.of(
        seen
            ? new Failure(126, "\"" + program + "\" is not an executable file")
            : program.contains("/")
                ? new Failure(127, "\"" + program + "\": no such file or directory")
                : new Failure(127, "\"" + program + "\": executable file not found in $PATH"));
  }

  /** What is bound is not in the tree yet, so the program may lie there. */
  private static boolean mayHoldPrograms(SandboxMount mount) {
    return mount instanceof SandboxMount.Bind bind
        && (!Files.isRegularFile(bind.source()) || Files.isExecutable(bind.source()));
  }

  /** Where a program may lie, in the order looked at. */
  static String[] places(String program, SandboxSpec.Command command) {
    if (program.startsWith("/")) {
      return new String[] {program};
    }
    if (program.contains("/")) {
      return new String[] {command.directory() + "/" + program};
    }
    var places = command.environment().getOrDefault("PATH", DEFAULT_PATH).split(":");
    for (int i = 0; i < places.length; i++) {
      var base = places[i].startsWith("/") ? places[i] : command.directory() + "/" + places[i];
      places[i] = base + "/" + program;
    }
    return places;
  }

  /** What lies there, empty also if no path leads there. */
  static Optional<FileStat> find(Directory root, String path) throws IOException {
    try {
      return root.find(path, Links.IN_ROOT);
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case ELOOP, EACCES, ENAMETOOLONG, EINVAL -> Optional.empty();
        default -> throw e;
      };
    }
  }
}
