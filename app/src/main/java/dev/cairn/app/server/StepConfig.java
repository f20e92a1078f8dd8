package dev.cairn.app.server;

import dev.cairn.engine.run.CommandNetwork;
import dev.cairn.engine.run.ProxyVariables;
import dev.cairn.linux.dns.NamePattern;
import dev.cairn.linux.network.AllowedAddress;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the operator decides about the surroundings of steps.
 *
 * @param network the most that steps reach
 * @param addresses {@code CIDR[:port]} entries: what every step may reach although it is internal
 * @param names what may be looked up where steps reach only what is listed
 * @param proxies told to steps
 */
public record StepConfig(
    Network network,
    List<AllowedAddress> addresses,
    List<NamePattern> names,
    ProxyVariables proxies) {
  /** Public addresses, no proxies. */
  public static final StepConfig USUAL =
      new StepConfig(Network.EGRESS, List.of(), List.of(), ProxyVariables.NONE);

  /** The most that steps reach. */
  public enum Network {
    /** Public addresses and what is listed. */
    EGRESS,
    /** What is listed. */
    ISOLATED,
    /** Nothing. */
    NONE,
    /** All that the machine reaches, and the machine. */
    HOST;

    static Network parse(String text) {
      for (Network network : values()) {
        if (network.name().toLowerCase(Locale.ROOT).equals(text)) {
          return network;
        }
      }
      throw new IllegalArgumentException(
          "network: what steps reach is egress, isolated, none or host, not: " + text);
    }
  }

  /** Copies. */
  public StepConfig {
    addresses = List.copyOf(addresses);
    names = List.copyOf(names);
  }

  /** Reads the members of a configuration. */
  static StepConfig of(
      Optional<String> network,
      List<String> addresses,
      List<String> names,
      ProxyVariables proxies) {
    return new StepConfig(
        network.map(Network::parse).orElse(Network.EGRESS),
        addresses.stream().map(AllowedAddress::parse).toList(),
        names.stream().map(NamePattern::parse).toList(),
        proxies);
  }

  /** This with more on its lists. */
  StepConfig and(Optional<String> other, List<String> moreAddresses, List<String> moreNames) {
    var allAddresses = new ArrayList<>(addresses);
    moreAddresses.stream().map(AllowedAddress::parse).forEach(allAddresses::add);
    var allNames = new ArrayList<>(names);
    moreNames.stream().map(NamePattern::parse).forEach(allNames::add);
    return new StepConfig(
        other.map(Network::parse).orElse(network), allAddresses, allNames, proxies);
  }

  /**
   * As the engine takes it.
   *
   * @throws IllegalArgumentException if steps are told a proxy that they could not reach
   */
  CommandNetwork commands() {
    return switch (network) {
      case EGRESS -> filtered(CommandNetwork.Reach.PUBLIC);
      case ISOLATED -> filtered(CommandNetwork.Reach.LISTED);
      case NONE -> new CommandNetwork.Nothing();
      case HOST -> new CommandNetwork.Host();
    };
  }

  private CommandNetwork filtered(CommandNetwork.Reach reach) {
    var network = new CommandNetwork.Filtered(reach, addresses, names, Optional.empty());
    proxies.http().ifPresent(proxy -> checkProxy("proxy.http", proxy, network));
    proxies.https().ifPresent(proxy -> checkProxy("proxy.https", proxy, network));
    return network;
  }

  private static void checkProxy(String member, String proxy, CommandNetwork.Filtered network) {
    URI uri;
    try {
      uri = URI.create(proxy);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(member + " is a URL like http://10.0.0.5:3128", e);
    }
    String host = uri.getHost();
    if (host == null || uri.getScheme() == null) {
      throw new IllegalArgumentException(member + " is a URL like http://10.0.0.5:3128");
    }
    if (!host.matches("[0-9.]+")) {
      // A name may resolve to something else later; the packet filter then tells.
      return;
    }
    InetAddress address = AllowedAddress.parse(host).range().network();
    int port = uri.getPort() < 0 ? (uri.getScheme().equals("https") ? 443 : 80) : uri.getPort();
    if (!network.mayReach(address, port)) {
      throw new IllegalArgumentException(
          member
              + ": steps could not reach "
              + host
              + ":"
              + port
              + "; add it to allowStepAddresses");
    }
  }
}
