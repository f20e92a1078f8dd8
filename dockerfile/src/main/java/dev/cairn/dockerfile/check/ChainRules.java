package dev.cairn.dockerfile.check;

import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Stage;
import dev.cairn.dockerfile.StageGraph;
import dev.cairn.dockerfile.Upstream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Rules about several stages, and descriptions of stages and arguments. */
final class ChainRules {
  private ChainRules() {}

  static void check(StageGraph graph, Report report) {
    Dockerfile file = graph.file();
    var names = new HashSet<String>();
    var workdirs = new HashSet<Integer>();
    file.globals().forEach(arg -> describe(arg, argument(arg), report));
    for (Stage stage : file.stages()) {
      describe(stage.from(), stage.name(), report);
      if (stage.name().isPresent() && !names.add(stage.name().get())) {
        report.add(
            Rule.DUPLICATE_STAGE_NAME,
            stage.from(),
            "Duplicate stage name \"" + stage.name().get() + "\", stage names should be unique");
      }
      boolean set =
          graph.base(stage.index()).upstream() instanceof Upstream.OfStage parent
              && workdirs.contains(parent.index());
      for (Instruction instruction : stage.instructions()) {
        if (instruction instanceof Instruction.Workdir dir) {
          if (!set && !dir.path().startsWith("/") && !dir.path().startsWith("$")) {
            report.add(
                Rule.WORKDIR_RELATIVE_PATH,
                dir,
                "Relative workdir \""
                    + dir.path()
                    + "\" can have unexpected results if the base image changes");
          }
          set = true;
        } else if (instruction instanceof Instruction.Arg arg) {
          describe(arg, argument(arg), report);
        }
      }
      if (set) {
        workdirs.add(stage.index());
      }
    }
  }

  private static Optional<String> argument(Instruction.Arg arg) {
    return arg.declarations().size() == 1
        ? Optional.of(arg.declarations().getFirst().name())
        : Optional.empty();
  }

  private static void describe(Instruction instruction, Optional<String> name, Report report) {
    List<String> comments = instruction.source().comments();
    if (name.isEmpty() || comments.isEmpty()) {
      return;
    }
    String first = comments.getLast();
    if (!first.startsWith(name.get() + " ") && !first.startsWith("check=")) {
      report.add(
          Rule.INVALID_DEFINITION_DESCRIPTION,
          instruction,
          "Comment for "
              + (instruction instanceof Instruction.From ? "build stage" : "argument")
              + " should follow the format: `# "
              + name.get()
              + " <description>`. If this is not intended to be a description comment, add an empty"
              + " line or comment between the instruction and the comment.");
    }
  }
}
