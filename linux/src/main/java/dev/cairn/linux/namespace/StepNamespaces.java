package dev.cairn.linux.namespace;

import dev.cairn.linux.sys.Fd;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The namespaces that a step joins, held open by descriptors: no process has to live in them, and
 * they vanish with the last holder, also when this process is killed.
 *
 * @param user absent where steps have the host's identities
 * @param network owned by {@code user} where there is one, or the step may not mount its /sys
 */
public record StepNamespaces(Optional<Fd> user, Fd network) implements AutoCloseable {

  /** A path by which another program of this machine reaches a namespace of ours. */
  public static Path path(Fd namespace) {
    return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd")
        .resolve(Integer.toString(namespace.number()));
  }

  @Override
  public void close() {
    network.close();
    user.ifPresent(Fd::close);
  }
}
