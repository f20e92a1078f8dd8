package dev.cairn.engine.run;

import dev.cairn.build.StepReach;
import dev.cairn.linux.dns.NamePattern;
import dev.cairn.linux.network.AllowedAddress;
import dev.cairn.oci.http.AddressPolicy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

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

    /** Whether a command that asks for this reaches no more than what is listed. */
    boolean isListed(StepReach asked) {
      return reach == Reach.LISTED || asked.kind() == StepReach.Kind.ISOLATED;
    }

    private String narrowed(StepReach asked) {
      var given = new TreeSet<String>();
      if (isListed(asked)) {
        addresses.forEach(each -> given.add(each.toString()));
        names.forEach(each -> given.add(each.toString()));
      }
      String within = String.join(" ", given);
      return switch (asked.kind()) {
        case LISTED ->
            isListed(asked) ? (asked + " of isolated " + within).strip() : asked.toString();
        case EGRESS, ISOLATED -> isListed(asked) ? ("isolated " + within).strip() : "default";
        case NONE -> asked.toString();
      };
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

  /**
   * What a command that asks for this really reaches; equal words only for equal networks. What is
   * listed beside all public addresses is not told: it is a way to them, a mirror or a proxy, and
   * another way is no reason to do everything anew.
   *
   * @param given the most that commands reach
   */
  static String reach(CommandNetwork given, StepReach asked) {
    if (asked.kind() == StepReach.Kind.NONE) {
      return asked.toString();
    }
    return switch (given) {
      case Filtered filtered -> filtered.narrowed(asked);
      case Nothing nothing -> StepReach.NONE.toString();
      // It cannot be narrowed: such a command is refused, and no result may stand for it.
      case Host host -> asked.equals(StepReach.EGRESS) ? "host" : "host, not " + asked;
    };
  }

  /** None at all. */
  record Nothing() implements CommandNetwork {}

  /**
   * The machine's own network with everything in it: only where the operator says so, and never for
   * more than one tenant.
   */
  record Host() implements CommandNetwork {}
}
