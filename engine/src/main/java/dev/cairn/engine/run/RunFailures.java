package dev.cairn.engine.run;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Limits;
import dev.cairn.engine.disk.Amount;
import dev.cairn.engine.disk.DiskMeter;
import dev.cairn.engine.step.Node;
import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.sandbox.SandboxResult;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the end of a command means for its build. Whether a limit was reached is told by the
 * kernel's counters, never by the exit code: a shell hides the kill of its child behind any code it
 * likes.
 */
final class RunFailures {
  /** 128 + SIGSYS. */
  private static final int KILLED_FOR_A_CALL = 159;

  private final Node node;
  private final List<String> argv;
  private final BuildEnvironment build;
  private final Duration timeout;
  private final HostPaths paths;

  RunFailures(
      Node node, List<String> argv, BuildEnvironment build, Duration timeout, HostPaths paths) {
    this.node = node;
    this.argv = argv;
    this.build = build;
    this.timeout = timeout;
    this.paths = paths;
  }

  /**
   * Runs the command and returns if it did what it should.
   *
   * @throws BuildException if not
   * @throws InterruptedException if the build was cancelled
   */
  void check(DiskMeter.Work<SandboxResult> command) throws IOException, InterruptedException {
    try {
      check(build.disk().run(command));
    } catch (DiskMeter.ReachedException e) {
      throw at(e.what().details())
          .cause(e)
          .sentence(process() + "was stopped: " + e.what().sentence());
    }
  }

  private void check(SandboxResult result) {
    Optional<Reached> reached = reached(result);
    if (result.succeeded()) {
      reached.ifPresent(limit ->
          build
              .sink()
              .event(
                  new BuildEvent.Warning(
                      limit.code(),
                      "The step ended well, but " + limit.sentence() + ".",
                      Optional.of(node.telling().place()))));
      return;
    }
    if (result.timedOut()) {
      throw at(BuildException.of(FailureKind.TIMEOUT, "step-timeout"))
          .remedy("Make the step shorter, or ask for more time with limits.stepSeconds.")
          .sentence(process() + "did not end within " + timeout.toSeconds() + " s");
    }
    String ended = process() + "did not complete successfully: exit code: " + result.exitCode();
    if (reached.isPresent()) {
      var details = BuildException.of(FailureKind.LIMIT, reached.get().code());
      if (reached.get().others()) {
        details.retryable();
      }
      throw at(details)
          .exitCode(result.exitCode())
          .remedy(reached.get().remedy())
          .sentence(ended + ": " + reached.get().sentence());
    }
    var details =
        BuildException.of(FailureKind.STEP, result.startFailed() ? "run-exec" : "run-exit");
    if (result.exitCode() == KILLED_FOR_A_CALL) {
      details.remedy(
          "A program made a system call that its step may not make. If it is a 32-bit program that"
              + " the command brought along, the operator lets it run with"
              + " isolation.thirtyTwoBit: always.");
    }
    throw at(details)
        .exitCode(result.exitCode())
        .sentence(ended + result.problem().map(this::told).orElse(""));
  }

  /**
   * A limit that the kernel made felt.
   *
   * @param others whether it was reached by all builds together, so that a later attempt may do
   */
  private record Reached(String code, String sentence, String remedy, boolean others) {}

  private Optional<Reached> reached(SandboxResult result) {
    Limits limits = build.job().limits();
    if (result.oomKilled()) {
      boolean own = build.cgroup().map(Cgroup::usage).filter(u -> u.memoryHits() > 0).isPresent();
      return Optional.of(
          own && limits.memoryBytes().isPresent()
              ? new Reached(
                  "memory-limit",
                  "a process was killed: memory limit "
                      + Amount.ofBytes(limits.memoryBytes().get()),
                  "Use less memory, or ask for more with limits.memoryBytes.",
                  false)
              : new Reached(
                  "memory-limit",
                  "a process was killed: all builds of this machine together had used up the memory"
                      + " for builds",
                  "Build again later, use less memory, or ask the operator for more.",
                  true));
    }
    if (result.processesRefused()) {
      return Optional.of(
          new Reached(
              "process-limit",
              limits
                  .processes()
                  .map(most -> "processes limit " + most + " reached")
                  .orElse("the machine's limit of processes for builds was reached"),
              "Run fewer processes and threads at once, or ask for more with limits.processes.",
              limits.processes().isEmpty()));
    }
    return Optional.empty();
  }

  private String told(String problem) {
    return ": " + paths.hidden(build.mask().apply(problem));
  }

  private String process() {
    return "process \"" + build.mask().apply(String.join(" ", argv)) + "\" ";
  }

  private BuildException.Details at(BuildException.Details details) {
    node.telling().callerStep().ifPresent(details::step);
    return details.at(node.telling().place());
  }
}
