package dev.cairn.app.command;

import dev.cairn.dockerfile.BuildArguments;
import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.DockerfileException;
import dev.cairn.dockerfile.StageGraph;
import dev.cairn.dockerfile.check.Checks;
import dev.cairn.dockerfile.check.Warning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code cairn build --check}: what the build checks find in a Dockerfile, without a server. */
final class BuildChecks {
  private final Surroundings around;

  BuildChecks(Surroundings around) {
    this.around = around;
  }

  /** Prints the findings; {@link ExitCode#FAILED} if there are any. */
  int run(BuildContext context, RecipeFlags flags) throws IOException {
    String name;
    byte[] text;
    switch (context.dockerfile()) {
      case BuildContext.Recipe.Text(var file, var content, _) -> {
        name = file;
        text = content.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      }
      case BuildContext.Recipe.InContext(var path) -> {
        Path directory =
            context
                .directory()
                .orElseThrow(() ->
                    new UsageException("--check looks into a directory, not into an archive"));
        name = path;
        text = Files.readAllBytes(directory.resolve(path));
      }
    }
    try {
      var given = BuildArguments.NONE;
      Map<String, String> arguments = flags.arguments(around.environment());
      var all = new BuildArguments(arguments, given.build(), given.target(), flags.target);
      Set<String> contexts = flags.contexts().keySet();
      var graph = StageGraph.of(Dockerfile.parse(name, text), all, contexts);
      graph.target(flags.target);
      return report(name, Checks.run(graph, context.ignore()));
    } catch (DockerfileException e) {
      around.out().println(e.location() + ": " + e.sentence());
      if (!e.excerpt().isEmpty()) {
        around.out().println(e.excerpt());
      }
      return ExitCode.FAILED;
    }
  }

  private int report(String name, List<Warning> warnings) {
    for (Warning warning : warnings) {
      around
          .out()
          .println(
              name
                  + ":"
                  + warning.location().firstLine()
                  + ": "
                  + warning.rule().title()
                  + ": "
                  + warning.message());
    }
    around
        .out()
        .println(
            warnings.isEmpty()
                ? "Check complete, no warnings found."
                : "Check complete, " + warnings.size() + " warning(s) found.");
    return warnings.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }
}
