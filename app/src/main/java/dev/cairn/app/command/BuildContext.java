package dev.cairn.app.command;

import dev.cairn.dockerfile.ignore.IgnoreFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Where a build's files and its Dockerfile come from, as PATH and {@code --file} say.
 *
 * @param directory the context's directory, if it is one
 * @param archive an archive on standard input, if it is one; neither means no files at all
 * @param dockerfile the Dockerfile
 * @param ignore what of the directory is left out
 * @param always what is sent nevertheless
 */
record BuildContext(
    Optional<Path> directory,
    Optional<InputStream> archive,
    Recipe dockerfile,
    IgnoreFile ignore,
    Set<String> always) {
  private static final int MOST_DOCKERFILE = 1 << 20;
  private static final int PEEK = 512;
  private static final String IGNORE = ".dockerignore";

  BuildContext {
    always = Set.copyOf(always);
  }

  /** The Dockerfile: in the context, or its text. */
  sealed interface Recipe {
    /** A file of the context. */
    record InContext(String path) implements Recipe {}

    /** Its text, with its own ignore file if it has one; {@code name} is for messages. */
    record Text(String name, String text, Optional<String> ignore) implements Recipe {}
  }

  /** Reads the two options. */
  static BuildContext of(String path, Optional<String> file, Surroundings around)
      throws IOException {
    if (path.matches("(https?|git|ssh)://.*|git@.*|github\\.com/.*")) {
      throw new UsageException(
          "PATH " + path + " is not offered: clone or download it and give the directory");
    }
    if (path.equals("-")) {
      return ofStandardInput(file, around);
    }
    Path directory = around.path(path);
    if (!Files.isDirectory(directory)) {
      throw new UsageException(
          Files.exists(directory)
              ? path + " is no directory; pipe an archive in and give - as PATH"
              : "the context " + path + " does not exist");
    }
    Path real = directory.toRealPath();
    if (file.isPresent() && file.get().equals("-")) {
      return outside(
          real,
          new Recipe.Text("Dockerfile", text(around.in()), Optional.empty()),
          Optional.empty());
    }
    Path dockerfile = dockerfile(directory, file, around);
    Path ignore = dockerfile.resolveSibling(dockerfile.getFileName() + IGNORE);
    Path parent = dockerfile.toRealPath().getParent();
    if (parent == null || !parent.startsWith(real) || Files.isSymbolicLink(dockerfile)) {
      Optional<Path> own = Optional.of(ignore).filter(Files::isRegularFile);
      Optional<String> rules =
          own.isPresent() ? Optional.of(Files.readString(ignore)) : Optional.empty();
      try (InputStream in = Files.newInputStream(dockerfile)) {
        var name = String.valueOf(dockerfile.getFileName());
        return outside(real, new Recipe.Text(name, text(in), rules), own);
      }
    }
    String inside = real.relativize(dockerfile.toRealPath()).toString();
    boolean specific = Files.isRegularFile(ignore);
    Set<String> always = new HashSet<>(Set.of(inside, inside + IGNORE, IGNORE));
    return new BuildContext(
        Optional.of(real),
        Optional.empty(),
        new Recipe.InContext(inside),
        ignore(specific ? ignore : real.resolve(IGNORE)),
        always);
  }

  /** A Dockerfile beside the context; its own ignore file counts alone. */
  private static BuildContext outside(Path real, Recipe.Text recipe, Optional<Path> specific)
      throws IOException {
    IgnoreFile rules = ignore(specific.orElse(real.resolve(IGNORE)));
    return new BuildContext(
        Optional.of(real),
        Optional.empty(),
        recipe,
        rules,
        specific.isPresent() ? Set.of() : Set.of(IGNORE));
  }

  private static Path dockerfile(Path directory, Optional<String> file, Surroundings around) {
    Path path = file.map(around::path).orElse(directory.resolve("Dockerfile"));
    if (file.isEmpty() && !Files.exists(path) && Files.exists(directory.resolve("dockerfile"))) {
      return directory.resolve("dockerfile");
    }
    if (!Files.isRegularFile(path)) {
      throw new UsageException(
          "there is no Dockerfile at " + path + "; name it by --file, or - for standard input");
    }
    return path;
  }

  private static IgnoreFile ignore(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return IgnoreFile.NONE;
    }
    try {
      return IgnoreFile.parse(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new UsageException(file.getFileName() + ": " + e.getMessage());
    }
  }

  private static BuildContext ofStandardInput(Optional<String> file, Surroundings around)
      throws IOException {
    if (file.isPresent() && file.get().equals("-")) {
      throw new UsageException("PATH and --file cannot both be read from standard input");
    }
    var in = new BufferedInputStream(around.in(), 64 << 10);
    in.mark(PEEK);
    byte[] head = in.readNBytes(PEEK);
    in.reset();
    if (isArchive(head)) {
      return new BuildContext(
          Optional.empty(),
          Optional.of(in),
          new Recipe.InContext(file.orElse("Dockerfile")),
          IgnoreFile.NONE,
          Set.of());
    }
    if (file.isPresent()) {
      throw new UsageException("--file names a file of the archive, but standard input is none");
    }
    return new BuildContext(
        Optional.empty(),
        Optional.empty(),
        new Recipe.Text("Dockerfile", text(in), Optional.empty()),
        IgnoreFile.NONE,
        Set.of());
  }

  /** Whether these bytes begin a tar, plain or compressed by gzip, zstd, bzip2 or xz. */
  static boolean isArchive(byte[] head) {
    return begins(head, 0x1f, 0x8b)
        || begins(head, 0x28, 0xb5, 0x2f, 0xfd)
        || begins(head, 'B', 'Z', 'h')
        || begins(head, 0xfd, '7', 'z', 'X', 'Z')
        || (head.length == PEEK && head[257] == 'u' && head[258] == 's' && head[259] == 't')
        || (head.length == PEEK && head[0] != 0 && head[PEEK - 1] == 0 && head[156] >= '0');
  }

  private static boolean begins(byte[] head, int... magic) {
    if (head.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((head[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static String text(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_DOCKERFILE + 1);
    if (bytes.length > MOST_DOCKERFILE) {
      throw new UsageException("the Dockerfile is larger than 1 MiB");
    }
    if (bytes.length == 0) {
      throw new UsageException("the Dockerfile is empty");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
