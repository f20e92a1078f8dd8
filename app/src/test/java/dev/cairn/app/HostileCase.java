package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One folder of {@code hostile/}: a Dockerfile that attacks, and what must come of it. The form of
 * the file {@code expect} is told in {@code docs/hostile-suite.md}.
 *
 * @param folder where it lies
 * @param end how the build must end
 * @param says what the output of its steps must contain, so that one knows that the attack was made
 * @param never what the output must not contain
 * @param needs what of the ground it needs to be held, with the reason
 * @param defences without each of these it must be found out
 * @param times how often it is built, one after the other
 * @param each a build argument and its values: it is built once with each
 * @param network what the build itself lists to be reached; empty: it does not narrow its network
 * @param context a list that is sent as the context in place of the folder's files; else empty
 */
record HostileCase(
    Path folder,
    End end,
    List<String> says,
    List<String> never,
    Map<Need, String> needs,
    Set<Defence> defences,
    int times,
    Optional<Each> each,
    List<String> network,
    String context) {
  /** The folder of all cases, as the tests of this module see it. */
  static final Path ROOT = Path.of("..", "hostile");

  /** How a build must end. */
  sealed interface End {
    /** As it likes. */
    record Any() implements End {}

    /** With an image. */
    record Ready() implements End {}

    /** Without one, or having said this. */
    record Either(String text) implements End {}

    /** Without one, with this in its failure. */
    record Failed(String text) implements End {}

    /** As {@link Failed}, and before any step has run. */
    record Refused(String text) implements End {}
  }

  /** What only some grounds have. */
  enum Need {
    /** A step's root is nobody on the host. */
    USER_NAMESPACE,
    /** A step's network is not the host's. */
    NETWORK
  }

  /** A build argument and its values. */
  record Each(String argument, List<String> values) {}

  HostileCase {
    says = List.copyOf(says);
    never = List.copyOf(never);
    needs = Map.copyOf(needs);
    defences = Set.copyOf(defences);
    network = List.copyOf(network);
    if (says.isEmpty() && end instanceof End.Any) {
      throw new AssertionError(
          folder + ": nothing in expect tells whether the attack was made at all");
    }
  }

  /** All of them, in the order of their names. */
  static List<HostileCase> all() throws IOException {
    List<HostileCase> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(ROOT)) {
      for (Path folder : folders.sorted().toList()) {
        if (Files.exists(folder.resolve("expect"))) {
          all.add(read(folder));
        }
      }
    }
    return all;
  }

  private static HostileCase read(Path folder) throws IOException {
    End end = new End.Any();
    List<String> says = new ArrayList<>();
    List<String> never = new ArrayList<>();
    Map<Need, String> needs = new LinkedHashMap<>();
    Set<Defence> defences = new TreeSet<>();
    int times = 1;
    Optional<Each> each = Optional.empty();
    List<String> network = List.of();
    String context = "";
    for (String line : Files.readAllLines(folder.resolve("expect"))) {
      String[] words = line.split(" ", 2);
      String rest = words.length > 1 ? words[1].strip() : "";
      switch (words[0]) {
        case "", "#" -> {}
        case "ready" -> end = new End.Ready();
        case "fails" -> end = new End.Failed(rest);
        case "refused" -> end = new End.Refused(rest);
        case "either" -> end = new End.Either(rest);
        case "says" -> says.add(rest);
        case "never" -> never.add(rest);
        case "needs" -> {
          String[] pair = rest.split(" ", 2);
          needs.put(Need.valueOf(Defence.constant(pair[0])), pair[1]);
        }
        case "defence" -> defences.add(Defence.valueOf(Defence.constant(rest)));
        case "times" -> times = Integer.parseInt(rest);
        case "each" -> {
          List<String> all = List.of(rest.split(" "));
          each = Optional.of(new Each(all.getFirst(), all.subList(1, all.size())));
        }
        case "network" -> network = List.of(rest.split(" "));
        case "context" -> context = rest;
        default -> throw new AssertionError(folder + ": unknown expectation: " + line);
      }
    }
    return new HostileCase(
        folder, end, says, never, needs, defences, times, each, network, context);
  }

  /** Its name. */
  String id() {
    return folder.getFileName().toString();
  }

  /** Why it cannot be held on this ground; empty if it must be. */
  Optional<String> excuse(HostileGround ground) {
    return needs.entrySet().stream()
        .filter(need -> !ground.has(need.getKey()))
        .map(need -> need.getKey() + ": " + need.getValue())
        .findFirst();
  }

  @Override
  public String toString() {
    return id();
  }
}
