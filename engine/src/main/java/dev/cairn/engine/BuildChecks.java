package dev.cairn.engine;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildSink;
import dev.cairn.build.FailureKind;
import dev.cairn.dockerfile.StageGraph;
import dev.cairn.dockerfile.check.Checks;
import dev.cairn.dockerfile.check.Warning;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import java.util.List;
import java.util.Optional;

/** Tells the findings of the build checks; with {@code # check=error=true} they fail the build. */
final class BuildChecks {
  private final BuildSink sink;

  BuildChecks(BuildSink sink) {
    this.sink = sink;
  }

  void run(StageGraph graph, IgnoreFile ignore) {
    if (graph.file().lines().isEmpty()) {
      return;
    }
    List<Warning> found = Checks.run(graph, ignore);
    for (Warning warning : found) {
      sink.event(
          new BuildEvent.Warning(
              warning.rule().title(),
              warning.message(),
              Optional.of(warning.location().toString())));
    }
    if (!found.isEmpty() && graph.file().directives().check().error()) {
      throw BuildException.of(FailureKind.INPUT, "check-failed")
          .at(found.getFirst().location().toString())
          .remedy("Correct what the checks say, or skip the rule with # check=skip=RULE.")
          .sentence(
              "lint violation found for rules: "
                  + String.join(
                      ", ", found.stream().map(w -> w.rule().title()).distinct().toList()));
    }
  }
}
