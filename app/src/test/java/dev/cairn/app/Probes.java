package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Programs made from the C sources of the hostile cases with this machine's compiler, each once.
 *
 * @param root where they are kept
 */
record Probes(Path root) {

  /** The programs of a case, made if this is the first time that it is built. */
  synchronized Path of(HostileCase test) throws IOException, InterruptedException {
    Path folder = root.resolve(test.id());
    if (!Files.exists(folder)) {
      compileAll(test.folder(), Files.createDirectories(folder));
    }
    return folder;
  }

  /** Compiles every source of a folder; the programs are named like their sources. */
  static void compileAll(Path folder, Path to) throws IOException, InterruptedException {
    List<Path> sources;
    try (Stream<Path> files = Files.list(folder)) {
      sources = files.filter(each -> each.toString().endsWith(".c")).sorted().toList();
    }
    for (Path source : sources) {
      String name = source.getFileName().toString().replaceFirst("\\.c$", "");
      compile(source, to.resolve(name));
    }
  }

  /** Compiles one; a first line {@code // gcc OPTIONS} gives more options. */
  static Path compile(Path source, Path program) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("gcc", "-Os", "-s", "-static", "-Wall"));
    String first = Files.readAllLines(source).getFirst();
    if (first.startsWith("// gcc ")) {
      command.addAll(List.of(first.substring("// gcc ".length()).split(" ")));
    }
    command.addAll(List.of("-o", program.toString(), source.toString()));
    Commands.Outcome outcome = Commands.run(Path.of("."), Map.of(), command);
    if (outcome.code() != 0) {
      throw new AssertionError(String.join(" ", command) + ":\n" + outcome.output());
    }
    return program;
  }
}
