package dev.cairn.engine.run;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.engine.step.Node;
import dev.cairn.linux.sandbox.SandboxResult;
import java.time.Duration;
import java.util.List;

/** What the end of a command means for its build. */
final class RunFailures {

  private RunFailures() {}

  /** Returns if the command did what it should. */
  static void check(
      SandboxResult result,
      List<String> argv,
      Node node,
      BuildEnvironment build,
      Duration timeout) {
    if (result.succeeded()) {
      return;
    }
    String process = "process \"" + build.mask().apply(String.join(" ", argv)) + "\" ";
    if (result.timedOut()) {
      throw at(BuildException.of(FailureKind.TIMEOUT, "step-timeout"), node)
          .remedy("Make the step shorter, or ask for a longer limits.step.")
          .sentence(process + "did not end within " + timeout.toSeconds() + " s");
    }
    if (result.oomKilled()) {
      throw at(BuildException.of(FailureKind.LIMIT, "memory-limit"), node)
          .exitCode(result.exitCode())
          .remedy("Use less memory, or ask for more with limits.memory.")
          .sentence(
              process
                  + "did not complete successfully: exit code: "
                  + result.exitCode()
                  + ": a process was killed for want of memory");
    }
    throw at(
            BuildException.of(FailureKind.STEP, result.startFailed() ? "run-exec" : "run-exit"),
            node)
        .exitCode(result.exitCode())
        .sentence(
            process
                + "did not complete successfully: exit code: "
                + result.exitCode()
                + result.problem().map(text -> ": " + build.mask().apply(text)).orElse(""));
  }

  private static BuildException.Details at(BuildException.Details details, Node node) {
    node.telling().callerStep().ifPresent(details::step);
    return details.at(node.telling().place());
  }
}
