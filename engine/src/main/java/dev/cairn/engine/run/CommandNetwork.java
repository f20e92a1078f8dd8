package dev.cairn.engine.run;

import dev.cairn.linux.dns.NamePattern;
import dev.cairn.linux.network.AllowedAddress;
import dev.cairn.oci.http.AddressPolicy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The most that commands of this installation reach; a build may ask for less. */
public sealed interface CommandNetwork {
  /** Public addresses and nothing else. */
  CommandNetwork PUBLIC = new Filtered(Reach.PUBLIC, List.of(), List.of(), Optional.empty());

  /** How far a filtered network goes. */
  enum Reach {
    /** All public addresses and what is listed. */
    PUBLIC,
    /** What is listed. */
    LISTED
  }

  /**
   * A network of each command's own behind a packet filter.
   *
   * @param reach how far
   * @param addresses listed ranges: internal ones that every command may reach
   * @param names listed names: those that are resolved where only what is listed may be reached
   * @param inside the network namespace that commands go out through, if it is not the process's
   */
  record Filtered(
      Reach reach, List<AllowedAddress> addresses, List<NamePattern> names, Optional<Path> inside)
      implements CommandNetwork {
    /** Copies. */
    public Filtered {
      addresses = List.copyOf(addresses);
      names = List.copyOf(names);
    }

    /** Whether every command reaches an address. */
    public boolean mayReach(InetAddress address, int port) {
      boolean listed =
          addresses.stream()
              .anyMatch(entry ->
                  entry.range().contains(address)
                      && (entry.port().isEmpty() || entry.port().getAsInt() == port));
      return listed || (reach == Reach.PUBLIC && AddressPolicy.publicOnly().allows(address, port));
    }
  }

  /** None at all. */
  record Nothing() implements CommandNetwork {}

  /**
   * The machine's own network with everything in it: only where the operator says so, and never for
   * more than one tenant.
   */
  record Host() implements CommandNetwork {}
}
