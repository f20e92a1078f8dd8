package dev.cairn.app.demo;

import dev.cairn.app.command.ExitCode;
import dev.cairn.app.command.Surroundings;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Says what this machine has of what a server needs. */
@Command(
    name = "doctor",
    description = "Look at this machine: what is there, what is missing, how to install it.")
public final class DoctorCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  /** The command, in these surroundings. */
  public DoctorCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Machine machine = Machine.look().with(IsolationFindings.look(surroundings.dataDirectory()));
    surroundings.out().print(machine.screen());
    return machine.fine() ? ExitCode.OK : ExitCode.FAILED;
  }
}
