package dev.cairn.app.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code cairn version}. */
@Command(name = "version", description = "Prints the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
  private final Surroundings around;

  VersionCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    for (String line : new Version().getVersion()) {
      around.out().println(line);
    }
    return ExitCode.OK;
  }
}
