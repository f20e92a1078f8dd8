package dev.cairn.linux.sandbox;

import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.Programs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of a container.
 *
 * <ol>
 *   <li>Write the bundle, and secrets into memory.
 *   <li>{@code run}, with {@code --keep} where the runtime has it: the step's group must outlive
 *       it, for the kernel counts kills for want of memory there.
 *   <li>Wait for its end, its time, an interrupt or a broken sink.
 *   <li>Kill what is left in the group, read the counters, delete the container.
 * </ol>
 */
final class SandboxStep {
  private final Sandbox.Tools tools;
  private final SandboxSpec spec;
  private final String id;
  private final Cgroup group;
  private final long refusedBefore;

  SandboxStep(Sandbox.Tools tools, SandboxSpec spec) {
    this.tools = tools;
    this.spec = spec;
    this.id = tools.settings().prefix() + "-" + UUID.randomUUID();
    this.group = build().child(id);
    this.refusedBefore = build().ownProcessHits();
  }

  /** The group that the step's own lies in; v2 counts refused processes there. */
  private Cgroup build() {
    return spec.cgroup().orElseThrow();
  }

  static SandboxResult notStarted(ProgramLookup.Failure failure, IsolationRung rung) {
    return new SandboxResult(
        failure.exitCode(),
        false,
        false,
        false,
        true,
        Optional.of(failure.message()),
        0,
        Duration.ZERO,
        rung);
  }

  SandboxResult run(OutputSink out, OutputSink err) throws IOException, InterruptedException {
    var bundle = Files.createDirectory(tools.settings().bundles().resolve(id));
    Files.setPosixFilePermissions(bundle, PosixFilePermissions.fromString("rwx--x--x"));
    try (var namespaces = tools.namespaces(spec.surroundings().network());
        var content = InjectedContent.write(bundle, spec, tools.owners())) {
      var bytes = tools.config().bytes(spec, content, group.path(), tools.limits(), namespaces);
      var file = bundle.resolve("config.json");
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file, bytes);
      return start(bundle, out, err);
    } finally {
      try (var bundles = Directory.open(tools.settings().bundles())) {
        bundles.remove(id);
      }
    }
  }

  private SandboxResult start(Path bundle, OutputSink out, OutputSink err)
      throws IOException, InterruptedException {
    var log = bundle.resolve("log.json");
    var command =
        tools
            .runtime()
            .run(tools.settings().runtimeRoot(), log, bundle, id, spec.surroundings().network());
    int uid = tools.owners().outside(spec.command().identity().uid());
    int gid = tools.owners().outside(spec.command().identity().gid());
    try (var pump = new OutputPump()) {
      pump.belongTo(uid, gid);
      var builder =
          new ProcessBuilder(command)
              .redirectInput(nothing(bundle, uid, gid))
              .redirectOutput(pump.standardOutput())
              .redirectError(pump.standardError());
      // Nothing of the service's own surroundings is for a runtime.
      builder.environment().clear();
      builder
          .environment()
          .put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
      var process = builder.start();
      pump.start(out, err);
      return finish(process, pump, log);
    }
  }

  /**
   * An empty file of the step's own as its standard input: some runtimes change the owner of
   * /dev/null if they get that.
   */
  private static File nothing(Path bundle, int uid, int gid) throws IOException {
    try (var directory = Directory.open(bundle)) {
      directory.create("input", 0400).close();
      directory.setOwner("input", uid, gid);
    }
    return bundle.resolve("input").toFile();
  }

  private SandboxResult finish(Process process, OutputPump pump, Path log)
      throws IOException, InterruptedException {
    boolean timedOut = false;
    boolean inOrder = false;
    try {
      timedOut = !awaitEnd(process, pump);
      if (timedOut) {
        end(process);
      }
      // A step's process can outlive a runtime that was killed.
      group.kill();
      pump.processEnded();
      awaitOutput(pump, timedOut);
      var result = result(process.waitFor(), timedOut, log);
      inOrder = !timedOut;
      return result;
    } finally {
      pump.drop();
      if (inOrder) {
        // Nothing runs any more and the counters are read: the next step need not wait.
        tools
            .endings()
            .later(() -> {
              tools.runtime().forget(tools.settings().runtimeRoot(), id);
              group.close();
            });
      } else {
        KernelThreads.uninterrupted(() -> {
          end(process);
          tools.runtime().delete(tools.settings().runtimeRoot(), id);
          group.close();
        });
      }
    }
  }

  /** False if the time was up. */
  private boolean awaitEnd(Process process, OutputPump pump)
      throws IOException, InterruptedException {
    var broken = new CompletableFuture<Object>();
    var _ =
        pump.done()
            .whenComplete((ok, failure) -> {
              if (failure != null) {
                broken.completeExceptionally(failure);
              }
            });
    try {
      CompletableFuture.anyOf(Programs.end(process), broken)
          .get(spec.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /** After a time-out a sink that hangs is left behind; otherwise the sinks may take their time. */
  private static void awaitOutput(OutputPump pump, boolean timedOut)
      throws IOException, InterruptedException {
    try {
      if (timedOut) {
        pump.done().get(1, TimeUnit.SECONDS);
      } else {
        pump.done().get();
      }
    } catch (TimeoutException e) {
      pump.drop();
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static IOException failure(ExecutionException e) {
    return new IOException("the step's output could not be taken: " + e.getCause(), e.getCause());
  }

  /** Kills the step and its runtime, whatever they ignore; harmless when they are gone. */
  private void end(Process process) throws IOException {
    if (process.isAlive()) {
      group.kill();
      // Where no group holds them: with a container's first process the kernel ends all others.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      Programs.kill(process);
    }
    group.kill();
  }

  private SandboxResult result(int exit, boolean timedOut, Path log) throws IOException {
    var usage = group.usage();
    Optional<String> problem =
        timedOut || exit == 0 ? Optional.empty() : RuntimeLog.error(tools.json(), log);
    int code = problem.map(SandboxStep::exitCode).orElse(exit);
    return new SandboxResult(
        timedOut ? 137 : code,
        usage.oomKills() > 0,
        usage.processHits() > 0 || build().ownProcessHits() > refusedBefore,
        timedOut,
        problem.isPresent(),
        problem,
        usage.peakMemoryBytes(),
        usage.cpu(),
        tools.rung());
  }

  /** What a shell would say of a program that a runtime could not start. */
  private static int exitCode(String problem) {
    if (!problem.contains("exec")) {
      return 1;
    }
    if (problem.contains("permission denied") || problem.contains("exec format error")) {
      return 126;
    }
    return problem.contains("no such file") || problem.contains("not found") ? 127 : 1;
  }
}
