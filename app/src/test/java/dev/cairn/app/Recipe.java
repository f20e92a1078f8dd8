package dev.cairn.app;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One folder of {@code recipes/}: a Dockerfile as people write it, the files of its context, and
 * what must come of it. {@code recipes/README.md} describes the file {@code expect}.
 *
 * @param folder where it lies
 * @param base the name of the image that it begins from
 * @param network whether its steps need mirrors, so that what comes out changes with the days
 * @param target stage to build; empty: the last
 * @param secrets id to value
 * @param log what a line of the steps' output must contain
 * @param sameLog whether BuildKit's steps must print the very same lines
 * @param failure what the message must contain of a recipe that must fail; empty: it must succeed
 * @param failures the same for single rungs, by their names
 * @param runs commands for the finished image, with what they must print
 * @param volatiles files whose content differs from build to build
 * @param ignored paths that are not compared at all
 */
record Recipe(
    Path folder,
    String base,
    boolean network,
    String target,
    Map<String, String> secrets,
    List<String> log,
    boolean sameLog,
    String failure,
    Map<String, String> failures,
    Map<String, String> runs,
    List<PathMatcher> volatiles,
    List<PathMatcher> ignored) {
  private static final Path FOLDER = Path.of("..", "recipes");

  /** All of them, in the order of their names. */
  static List<Recipe> all() throws IOException {
    List<Recipe> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(FOLDER)) {
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        all.add(read(folder));
      }
    }
    return all;
  }

  private static Recipe read(Path folder) throws IOException {
    var words = new LinkedHashMap<String, List<String>>();
    read(FOLDER.resolve("volatile"), words);
    read(folder.resolve("expect"), words);
    return new Recipe(
        folder,
        words.getOrDefault("base", List.of("busybox")).getFirst(),
        words.containsKey("network"),
        words.getOrDefault("target", List.of("")).getFirst(),
        pairs(words.getOrDefault("secret", List.of()), " "),
        words.getOrDefault("log", List.of()),
        words.containsKey("same-log"),
        words.getOrDefault("fails", List.of("")).getFirst(),
        pairs(words.getOrDefault("fails-on", List.of()), " "),
        pairs(words.getOrDefault("run", List.of()), " => "),
        matchers(words.getOrDefault("volatile", List.of())),
        matchers(words.getOrDefault("ignore", List.of())));
  }

  /** A line is a word and its value; what follows {@code " # "} is the reason. */
  private static void read(Path file, Map<String, List<String>> words) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] pair = line.split(" +# ", 2)[0].split(" ", 2);
      if (!List.of(
              "base",
              "network",
              "target",
              "secret",
              "log",
              "same-log",
              "fails",
              "run",
              "volatile",
              "ignore",
              "fails-on")
          .contains(pair[0])) {
        throw new AssertionError(file + ": unknown word in " + line);
      }
      words
          .computeIfAbsent(pair[0], _ -> new ArrayList<>())
          .add(pair.length == 1 ? "" : pair[1].strip());
    }
  }

  private static Map<String, String> pairs(List<String> lines, String separator) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String line : lines) {
      String[] pair = line.split(separator, 2);
      pairs.put(pair[0], pair[1]);
    }
    return pairs;
  }

  private static List<PathMatcher> matchers(List<String> globs) {
    return globs.stream()
        .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
        .toList();
  }

  /** Its name. */
  String id() {
    return folder.getFileName().toString();
  }

  /** What BuildKit made of it, if that is the same on every day. */
  Path expected() {
    return folder.resolve("expected.txt");
  }

  /** Whether what BuildKit makes of it is the same on every day and can be kept. */
  boolean isRecorded() {
    return base.equals("busybox") && !network && failure.isEmpty();
  }

  /** Whether the content of a file differs from build to build. */
  boolean isVolatile(String path) {
    return volatiles.stream().anyMatch(each -> each.matches(Path.of(path)));
  }

  /** Whether a path is not compared. */
  boolean isIgnored(String path) {
    return ignored.stream().anyMatch(each -> each.matches(Path.of(path)));
  }

  /** Copies the recipe to a fresh directory with modes that no checkout changes. */
  Case.Prepared prepare(Path work) throws IOException {
    Files.createDirectories(work);
    Path context = Files.createDirectory(work.resolve("context"));
    if (Files.isDirectory(folder.resolve("context"))) {
      Case.copy(folder.resolve("context"), context);
    }
    Files.setPosixFilePermissions(context, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path dockerfile = Files.createDirectory(work.resolve("recipe")).resolve("Dockerfile");
    Files.copy(folder.resolve("Dockerfile"), dockerfile);
    Map<String, Path> files = new LinkedHashMap<>();
    for (var secret : secrets.entrySet()) {
      Path file = work.resolve("secret-" + secret.getKey());
      files.put(secret.getKey(), Files.writeString(file, secret.getValue()));
    }
    return new Case.Prepared(context, dockerfile, files);
  }
}
