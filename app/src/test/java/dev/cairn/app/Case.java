package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One folder of {@code cases/}: a Dockerfile, the files of its context, what to build it with, and
 * what BuildKit made of it.
 *
 * @param folder where it lies
 * @param arguments build arguments
 * @param target stage to build; empty: the last
 * @param secrets id to value
 * @param archives names of archives that the context gets besides its files
 * @param error what our message must contain where the Dockerfile is wrong
 */
record Case(
    Path folder,
    Map<String, String> arguments,
    String target,
    Map<String, String> secrets,
    List<String> archives,
    String error) {
  /** How the expectation of a wrong Dockerfile begins; BuildKit's message follows. */
  static final String REFUSED = "refused\n";

  /** A case made ready to be built. */
  record Prepared(Path context, Path dockerfile, Map<String, Path> secrets) {}

  /** All of them, in the order of their names. */
  static List<Case> all() throws IOException {
    Path cases = Path.of("..", "cases");
    List<Case> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(cases)) {
      for (Path folder : folders.sorted().toList()) {
        all.add(read(folder));
      }
    }
    return all;
  }

  private static Case read(Path folder) throws IOException {
    Map<String, String> arguments = new LinkedHashMap<>();
    Map<String, String> secrets = new LinkedHashMap<>();
    List<String> archives = new ArrayList<>();
    String target = "";
    String error = "";
    Path options = folder.resolve("options");
    for (String line : Files.exists(options) ? Files.readAllLines(options) : List.<String>of()) {
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "arg" -> {
          String[] pair = words[1].split("=", 2);
          arguments.put(pair[0], pair[1]);
        }
        case "target" -> target = words[1];
        case "secret" -> secrets.put(words[1], words[2]);
        case "error" -> error = line.substring("error ".length());
        case "archive" -> archives.add(words[1]);
        default -> throw new AssertionError(folder + ": unknown option " + line);
      }
    }
    return new Case(folder, arguments, target, secrets, archives, error);
  }

  /** Its name. */
  String id() {
    return folder.getFileName().toString();
  }

  /** What BuildKit made of it: a summary of the image, or a line {@code refused}. */
  Path expected() {
    return folder.resolve("expected.txt");
  }

  /** Where a deliberate difference is kept; its reason stands in docs/dockerfile-differences.md. */
  Path differences() {
    return folder.resolve("differences");
  }

  /** Copies the case to a fresh directory with modes that no checkout changes. */
  Prepared prepare(Path work) throws IOException {
    Path context = Files.createDirectory(work.resolve("context"));
    Path source = folder.resolve("context");
    if (Files.isDirectory(source)) {
      copy(source, context);
    }
    Files.setPosixFilePermissions(context, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String archive : archives) {
      writeArchive(context.resolve(archive));
    }
    // An ignore file of the Dockerfile's own name is looked for beside it, so both are in the
    // context.
    boolean beside = Files.exists(folder.resolve("Dockerfile.dockerignore"));
    Path recipe = beside ? context : Files.createDirectory(work.resolve("recipe"));
    for (String name : List.of("Dockerfile", "Dockerfile.dockerignore")) {
      if (Files.exists(folder.resolve(name))) {
        Files.copy(folder.resolve(name), recipe.resolve(name));
      }
    }
    Map<String, Path> files = new LinkedHashMap<>();
    for (var secret : secrets.entrySet()) {
      files.put(
          secret.getKey(),
          Files.writeString(work.resolve("secret-" + secret.getKey()), secret.getValue()));
    }
    return new Prepared(context, recipe.resolve("Dockerfile"), files);
  }

  /** Copies files with the modes that a fresh checkout has everywhere. */
  static void copy(Path from, Path to) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(from)) {
      all = walk.filter(each -> !each.equals(from)).sorted().toList();
    }
    for (Path each : all) {
      Path target = to.resolve(from.relativize(each).toString());
      if (Files.isSymbolicLink(each)) {
        Files.createSymbolicLink(target, Files.readSymbolicLink(each));
      } else if (Files.isDirectory(each)) {
        Files.createDirectory(target);
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
      } else {
        Files.copy(each, target);
        Files.setPosixFilePermissions(
            target,
            PosixFilePermissions.fromString(Files.isExecutable(each) ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
  }

  /** Owners, modes and links that a checkout would lose. */
  private static void writeArchive(Path file) throws IOException {
    try (TestLayer layer = TestLayer.create(file)) {
      layer
          .directory("dir", 0710, 3, 4)
          .file("dir/tight", 0600, 5, 6, "tight\n")
          .file("dir/setuid", 04755, 0, 0, "setuid\n")
          .hardLink("dir/again", "dir/tight", 0600, 5, 6)
          .symlink("dir/soft", "tight")
          .symlink("dangling", "/nowhere/at/all")
          .file("plain", 0644, 1000, 1000, "plain\n")
          .file("implied/deep/file", 0644, 0, 0, "below directories that the archive lacks\n");
    }
  }
}
