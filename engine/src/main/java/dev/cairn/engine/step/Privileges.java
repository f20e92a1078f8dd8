package dev.cairn.engine.step;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.dockerfile.RunOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;

/**
 * What the operator allows a command beyond the usual. A command gets it if its build accepts it as
 * well: who builds a stranger's Dockerfile should not be surprised by it.
 *
 * @param hostNetwork {@code RUN --network=host}
 * @param insecure {@code RUN --security=insecure}
 * @param devices the machine's devices for {@code RUN --device}, by the names used there
 */
public record Privileges(boolean hostNetwork, boolean insecure, Map<String, Path> devices) {
  /** Nothing, as without an operator's word. */
  public static final Privileges NONE = new Privileges(false, false, Map.of());

  /** Copies. */
  public Privileges {
    devices = Map.copyOf(devices);
  }

  /**
   * What an instruction gets.
   *
   * @param accepted by the build
   * @throws BuildException if it asks for more than it may have
   */
  public Leave leave(RunOptions options, Set<String> accepted, String place) {
    boolean host = options.network().filter(RunOptions.Network.HOST::equals).isPresent();
    if (host) {
      require(hostNetwork, "network.host", accepted, "RUN --network=host", place);
    }
    boolean unshielded = options.security() == RunOptions.Security.INSECURE;
    if (unshielded) {
      require(insecure, "security.insecure", accepted, "RUN --security=insecure", place);
    }
    var names = new ArrayList<String>();
    for (RunOptions.Device device : options.devices()) {
      String name = device.name();
      var asked = accepted.contains("device") ? Set.of("device=" + name) : accepted;
      require(devices.containsKey(name), "device=" + name, asked, "RUN --device=" + name, place);
      names.add(name);
    }
    return new Leave(host, unshielded, names);
  }

  private static void require(
      boolean allowed, String privilege, Set<String> accepted, String flag, String place) {
    if (!allowed) {
      throw BuildException.of(FailureKind.INPUT, "entitlement")
          .at(place)
          .remedy("Leave the flag out, or ask the operator to allow " + privilege + ".")
          .sentence(flag + " is not allowed on this server.");
    }
    if (!accepted.contains(privilege)) {
      throw BuildException.of(FailureKind.INPUT, "entitlement")
          .at(place)
          .remedy("Accept it with --allow " + privilege + " (run option \"allow\").")
          .sentence(flag + " is allowed on this server, but this build does not accept it.");
    }
  }
}
