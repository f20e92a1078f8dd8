package dev.cairn.linux.sandbox;

import dev.cairn.linux.namespace.Standing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Which rung works on this machine with which runtime, found out by running a container on each:
 * version numbers of kernels and runtimes say little about machines as people configure them.
 *
 * @param rejected what else was tried, and why it did not do
 */
public record RuntimeProbe(Optional<Chosen> chosen, SequencedMap<String, String> rejected) {
  private static final int MEASURED = 7;
  private static final Duration PAUSE = Duration.ofMillis(60);

  /** A rung that works. */
  public record Chosen(OciRuntime runtime, IsolationRung rung) {}

  /** Tries the rungs of the settings, best first, each with the runtimes in their order. */
  public static RuntimeProbe run(SandboxSettings settings) throws IOException {
    var rejected = new LinkedHashMap<String, String>();
    var installed = new ArrayList<OciRuntime>();
    for (var name : settings.runtimes()) {
      var runtime = OciRuntime.find(name);
      var unfit = runtime.isEmpty() ? Optional.of("not installed") : runtime.get().unfit();
      unfit.ifPresentOrElse(
          reason -> rejected.put(name, reason), () -> installed.add(runtime.get()));
    }
    var service = Standing.own().kind();
    for (var rung : List.of(IsolationRung.values()).reversed()) {
      for (var runtime : installed) {
        if (settings.rungs().contains(rung) && runtime.rungs(service).contains(rung)) {
          var problem = attempt(settings, runtime, rung);
          if (problem.isEmpty()) {
            return new RuntimeProbe(Optional.of(new Chosen(runtime, rung)), rejected);
          }
          rejected.put(rung.text() + " with " + runtime.program(), problem.get());
        }
      }
    }
    return new RuntimeProbe(Optional.empty(), rejected);
  }

  /** Why nothing was chosen, and what to do. */
  String refusal(SandboxSettings settings) {
    var lowest = settings.rungs().lowest();
    return lowest == IsolationRung.PLAIN
        ? "no container runtime works here; install runc or crun. Tried: " + rejected
        : "the isolation asked for, at least %s, does not work here; ".formatted(lowest.text())
            + "make it work or set a lower isolation.minimum. Tried: "
            + rejected;
  }

  private static Optional<String> attempt(
      SandboxSettings settings, OciRuntime runtime, IsolationRung rung) throws IOException {
    try (var step = new ProbeStep(settings, new Chosen(runtime, rung))) {
      var result = step.run();
      if (result.succeeded()) {
        step.requireExactOwners();
        return Optional.empty();
      }
      return Optional.of(result.problem().orElse("a container ended with " + result.exitCode()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a runtime was tried", e);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * What a step costs on the chosen rung above its own command, from the call to its result.
   *
   * @return the median of some steps, after one that does not count; empty if nothing was chosen
   */
  public Optional<Duration> cost(SandboxSettings settings)
      throws IOException, InterruptedException {
    if (chosen.isEmpty()) {
      return Optional.empty();
    }
    var times = new ArrayList<Duration>();
    try (var step = new ProbeStep(settings, chosen.get())) {
      for (int i = 0; i <= MEASURED; i++) {
        long start = System.nanoTime();
        if (!step.run().succeeded()) {
          throw new IOException("a step that worked before has failed");
        }
        times.add(Duration.ofNanos(System.nanoTime() - start));
        // As between the steps of a build: what is made ahead gets its time.
        Thread.sleep(PAUSE);
      }
    }
    var counted = times.subList(1, times.size());
    counted.sort(null);
    return Optional.of(counted.get(counted.size() / 2));
  }
}
