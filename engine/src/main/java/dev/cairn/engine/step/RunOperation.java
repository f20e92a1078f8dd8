package dev.cairn.engine.step;

import dev.cairn.build.Recipe;
import dev.cairn.build.StepReach;
import dev.cairn.dockerfile.CommandLine;
import java.util.List;
import java.util.Optional;

/**
 * A RUN with everything expanded.
 *
 * @param argv program and arguments
 * @param script a heredoc with its own interpreter; {@code argv} then names its path to the shell
 * @param directory the working directory, absolute
 * @param user as written in USER; "" is root
 * @param environment {@code NAME=value} in order, part of the key
 * @param proxies {@code NAME=value}, not part of the key
 * @param mounts in the order of the instruction
 * @param network what it reaches of what the installation gives
 * @param options what holds for every RUN of the build
 * @param leave what it may do beyond the usual
 */
public record RunOperation(
    List<String> argv,
    Optional<CommandLine.Script> script,
    String directory,
    String user,
    List<String> environment,
    List<String> proxies,
    List<StepMount> mounts,
    StepReach network,
    Recipe.RunOptions options,
    Leave leave) {

  public RunOperation {
    argv = List.copyOf(argv);
    environment = List.copyOf(environment);
    proxies = List.copyOf(proxies);
    mounts = List.copyOf(mounts);
  }

  /** The host name it finds itself on. */
  public String hostname() {
    return options.hostname().orElse("buildkitsandbox");
  }
}
