package dev.cairn.engine.run;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is around the commands of an installation.
 *
 * @param network the most that they reach
 * @param authorities a bundle of certificate authorities shown to them, never part of an image
 * @param proxies told to them, never part of an image
 */
public record CommandSurroundings(
    CommandNetwork network, Optional<Path> authorities, ProxyVariables proxies) {
  /** Public addresses and the usual authorities. */
  public static final CommandSurroundings USUAL =
      new CommandSurroundings(CommandNetwork.PUBLIC, Optional.empty(), ProxyVariables.NONE);

  /** The same with another network. */
  public CommandSurroundings with(CommandNetwork other) {
    return new CommandSurroundings(other, authorities, proxies);
  }
}
