package dev.cairn.linux.sandbox;

import java.time.Duration;
import java.util.Optional;

/**
 * How a step ended.
 *
 * @param exitCode of the program; 128 + n after signal n; 127 if there is no such program, 126 if
 *     it cannot be executed
 * @param oomKilled whether a process was killed for want of memory; the exit code may be 0 even so
 * @param processesRefused whether a process could not be made because their number was reached
 * @param timedOut whether the step's time was up
 * @param problem why the program did not start, from the look-up or from the runtime
 * @param startFailed whether it never started, so that the exit code is not the program's own
 * @param peakMemoryBytes 0 if not counted
 * @param cpu processor time, 0 if not counted
 */
public record SandboxResult(
    int exitCode,
    boolean oomKilled,
    boolean processesRefused,
    boolean timedOut,
    boolean startFailed,
    Optional<String> problem,
    long peakMemoryBytes,
    Duration cpu,
    IsolationRung rung) {
  /** Whether the step did what it should. */
  public boolean succeeded() {
    return exitCode == 0 && !timedOut && !startFailed;
  }
}
