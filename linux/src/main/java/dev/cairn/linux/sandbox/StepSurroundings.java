package dev.cairn.linux.sandbox;

import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.namespace.StepNamespaces;
import dev.cairn.linux.sys.Fd;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which user and network namespaces one step gets.
 *
 * @param user one to join; absent where steps have the machine's identities
 * @param network one to join
 * @param newNetwork whether the runtime makes an empty one; neither means the machine's own
 * @param repeated the map of the joined user namespace, for a runtime that wants it told
 * @param devices what to show as /sys where the step may not mount its own
 * @param own what to close after the step
 */
record StepSurroundings(
    Optional<Fd> user,
    Optional<Fd> network,
    boolean newNetwork,
    Optional<IdMap> repeated,
    Optional<Path> devices,
    Optional<StepNamespaces> own)
    implements AutoCloseable {

  /** On the machine's identities. */
  static StepSurroundings plain(NetworkMode mode) {
    return switch (mode) {
      case NetworkMode.Nothing nothing -> of(Optional.empty(), true);
      case NetworkMode.HostShared shared -> of(Optional.empty(), false);
      case NetworkMode.Prepared prepared -> of(Optional.of(prepared.namespaces().network()), false);
    };
  }

  private static StepSurroundings of(Optional<Fd> network, boolean newNetwork) {
    return new StepSurroundings(
        Optional.empty(),
        network,
        newNetwork,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public void close() {
    own.ifPresent(StepNamespaces::close);
  }
}
