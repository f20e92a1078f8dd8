package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Where the hostile cases are built: how well a server shuts its steps in, and what it lets them
 * reach.
 */
record HostileGround(Rung rung, Network network) {

  /** The rungs that can exist here. */
  enum Rung {
    /** The step's root is the host's, in namespaces. */
    PLAIN,
    /** The step's root is nobody on the host. */
    USER_NAMESPACE,
    /** The service is an ordinary user's, the step's root that user, all others subordinates. */
    ROOTLESS,
    /** The same for a user without subordinates: everybody in the step is that user. */
    ROOTLESS_SINGLE_ID;

    /** Whether the service is an ordinary user's. */
    boolean isRootless() {
      return this == ROOTLESS || this == ROOTLESS_SINGLE_ID;
    }
  }

  /** What steps reach. */
  enum Network {
    /** The host's own network. */
    HOST,
    /** Public addresses and what is listed. */
    EGRESS,
    /** What is listed. */
    ISOLATED,
    /** Only themselves. */
    NONE
  }

  /** Every pair of both, but for the host's network: that is for one tenant, here there are two. */
  static List<HostileGround> all() {
    List<HostileGround> all = new ArrayList<>();
    for (Rung rung : Rung.values()) {
      for (Network network : Network.values()) {
        if (network != Network.HOST) {
          all.add(new HostileGround(rung, network));
        }
      }
    }
    return all;
  }

  /** One network of each rung, by the seed. */
  static List<HostileGround> some(Random random) {
    List<Network> networks = List.of(Network.EGRESS, Network.ISOLATED, Network.NONE);
    return Stream.of(Rung.values())
        .map(rung -> new HostileGround(rung, networks.get(random.nextInt(networks.size()))))
        .toList();
  }

  /** What this machine lacks for it; empty: nothing. */
  List<String> lacking() {
    if (!rung.isRootless()) {
      return List.of();
    }
    List<String> lacking =
        new ArrayList<>(Needed.missing("newuidmap", "useradd", "unshare", "nft", "pasta"));
    if (System.getProperty("java.home").startsWith("/root")) {
      lacking.add("a Java that other users may run");
    }
    return lacking;
  }

  /** Whether it has what a case needs. */
  boolean has(HostileCase.Need need) {
    return switch (need) {
      case USER_NAMESPACE -> rung != Rung.PLAIN;
      case NETWORK -> network != Network.HOST;
    };
  }

  /**
   * What its server is started with.
   *
   * @param folder for the runtime of the rung
   */
  List<String> serveOptions(Path folder) throws IOException {
    Files.createDirectories(folder);
    return switch (rung) {
      case PLAIN -> serveOptionsWith(TestRuntime.withoutUserNamespaces(folder));
      case USER_NAMESPACE -> usual();
      case ROOTLESS, ROOTLESS_SINGLE_ID -> {
        List<String> options = new ArrayList<>(usual());
        // Said explicitly, it lets a single number serve two tenants.
        options.addAll(List.of("--isolation-minimum", isolation()));
        yield options;
      }
    };
  }

  /** The same with a runtime of the tests. */
  List<String> serveOptionsWith(Path runtime) {
    List<String> options = new ArrayList<>(usual());
    options.addAll(List.of("--runtime", runtime.toString(), "--isolation-minimum", isolation()));
    return options;
  }

  private List<String> usual() {
    String mode = network.name().toLowerCase(Locale.ROOT);
    return List.of("--slots", "3", "--grace", "1", "--network", mode);
  }

  /** How builds must tell the rung. */
  String isolation() {
    return rung.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return (rung + "-" + network).toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
