package dev.cairn.engine.run;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.build.StepReach;
import dev.cairn.build.TenantId;
import dev.cairn.engine.step.Node;
import dev.cairn.linux.dns.NamePattern;
import dev.cairn.linux.dns.Resolvers;
import dev.cairn.linux.namespace.NamespaceMaker;
import dev.cairn.linux.network.AddressRange;
import dev.cairn.linux.network.AllowedAddress;
import dev.cairn.linux.network.Flows;
import dev.cairn.linux.network.NetworkException;
import dev.cairn.linux.network.NetworkSettings;
import dev.cairn.linux.network.StepNetwork;
import dev.cairn.linux.network.StepNetworks;
import dev.cairn.linux.network.StepPolicy;
import dev.cairn.linux.network.StepPolicy.Narrowing;
import dev.cairn.linux.network.UserUplink;
import dev.cairn.linux.sandbox.NetworkMode;
import dev.cairn.oci.http.AddressPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/** Gives each command its network: the installation's, narrowed by what the build asks for. */
public final class CommandNetworks implements AutoCloseable {
  private static final int READY_PER_RUN = 2;

  private final CommandNetwork config;
  private final Optional<StepNetworks> networks;
  private final Optional<UserUplink> uplink;
  private final Optional<NetworkException> lack;

  /** Who has had the machine's own network: nobody else may. */
  private Optional<TenantId> first = Optional.empty();

  private CommandNetworks(
      CommandNetwork config,
      Optional<StepNetworks> networks,
      Optional<UserUplink> uplink,
      Optional<NetworkException> lack) {
    this.config = config;
    this.networks = networks;
    this.uplink = uplink;
    this.lack = lack;
  }

  /** The network of one command. */
  public sealed interface Network extends AutoCloseable {
    /** How the sandbox gets it. */
    NetworkMode mode();

    /** What went through it, some time after it was closed; absent where nothing is counted. */
    default Optional<Future<Flows>> flows() {
      return Optional.empty();
    }

    @Override
    default void close() {}
  }

  /** Its own, behind the packet filter. */
  record Filtered(StepNetwork step) implements Network {
    @Override
    public NetworkMode mode() {
      return new NetworkMode.Prepared(step.namespaces());
    }

    @Override
    public Optional<Future<Flows>> flows() {
      return Optional.of(step.flows());
    }

    @Override
    public void close() {
      step.close();
    }
  }

  /** None. */
  record Nothing() implements Network {
    @Override
    public NetworkMode mode() {
      return NetworkMode.NONE;
    }
  }

  /** The machine's. */
  record Shared() implements Network {
    @Override
    public NetworkMode mode() {
      return NetworkMode.HOST_SHARED;
    }
  }

  /**
   * Sets the networks of an installation up, in the place of what a dead process left.
   *
   * @param prefix the installation's
   * @param maker makes what commands join
   * @param parallel how many commands run at once
   * @throws NetworkException if the machine lacks something, with what to do
   */
  public static CommandNetworks open(
      CommandNetwork config, String prefix, NamespaceMaker maker, int parallel) throws IOException {
    return open(config, prefix, maker, parallel, Optional.empty());
  }

  /**
   * As {@link #open(CommandNetwork, String, NamespaceMaker, int)} for a service that is not root of
   * the machine. Where its user lacks something, commands have no network, and {@link #lack} says
   * why.
   *
   * @param directory for small files
   */
  public static CommandNetworks openWithoutRoot(
      CommandNetwork config, String prefix, NamespaceMaker maker, int parallel, Path directory)
      throws IOException {
    if (!(config instanceof CommandNetwork.Filtered filtered) || filtered.inside().isPresent()) {
      return open(config, prefix, maker, parallel);
    }
    Optional<UserUplink> uplink = Optional.empty();
    try {
      uplink = Optional.of(UserUplink.open(directory));
      var inside =
          new CommandNetwork.Filtered(
              filtered.reach(),
              filtered.addresses(),
              filtered.names(),
              uplink.map(UserUplink::namespace));
      return open(inside, prefix, maker, parallel, uplink);
    } catch (NetworkException e) {
      uplink.ifPresent(UserUplink::close);
      return new CommandNetworks(
          new CommandNetwork.Nothing(), Optional.empty(), Optional.empty(), Optional.of(e));
    } catch (IOException | RuntimeException e) {
      uplink.ifPresent(UserUplink::close);
      throw e;
    }
  }

  private static CommandNetworks open(
      CommandNetwork config,
      String prefix,
      NamespaceMaker maker,
      int parallel,
      Optional<UserUplink> uplink)
      throws IOException {
    return switch (config) {
      case CommandNetwork.Filtered filtered -> {
        var settings =
            new NetworkSettings(
                NetworkSettings.name(prefix),
                AddressPolicy.deniedRanges().stream()
                    .map(range -> AddressRange.parse(range.toString()))
                    .toList(),
                filtered.addresses(),
                parallel * READY_PER_RUN,
                filtered.inside(),
                Resolvers.OF_THE_MACHINE);
        yield new CommandNetworks(
            config, Optional.of(StepNetworks.open(settings, maker)), uplink, Optional.empty());
      }
      case CommandNetwork.Nothing nothing ->
          new CommandNetworks(config, Optional.empty(), uplink, Optional.empty());
      case CommandNetwork.Host host ->
          new CommandNetworks(config, Optional.empty(), uplink, Optional.empty());
    };
  }

  /** Why commands have no network although the operator gives them one. */
  public Optional<NetworkException> lack() {
    return lack;
  }

  /** What a command that asks for this really reaches; equal words only for equal networks. */
  public String reach(StepReach asked) {
    return CommandNetwork.reach(config, asked);
  }

  /** For a command that the operator allows it by name. */
  static Network ofTheMachine() {
    return new Shared();
  }

  /**
   * A network for one command.
   *
   * @param asked by its build and itself
   * @param node of the command, for the failure
   * @param tenant whose it is
   */
  Network take(StepReach asked, Node node, TenantId tenant) throws IOException {
    String place = node.telling().place();
    if (asked.kind() == StepReach.Kind.NONE) {
      return new Nothing();
    }
    return switch (config) {
      case CommandNetwork.Nothing nothing -> new Nothing();
      case CommandNetwork.Host host -> shared(asked, place, tenant);
      case CommandNetwork.Filtered filtered ->
          new Filtered(taken(networks.orElseThrow(), policy(filtered, asked), place));
    };
  }

  private synchronized Network shared(StepReach asked, String place, TenantId tenant) {
    if (!first.orElse(tenant).equals(tenant)) {
      throw BuildException.of(FailureKind.INPUT, "network-host-shared")
          .at(place)
          .remedy("The operator takes network: host away, or gives each tenant its own server.")
          .sentence(
              "This server gives steps the machine's own network, which only one tenant may have.");
    }
    first = Optional.of(tenant);
    if (!asked.equals(StepReach.EGRESS)) {
      throw BuildException.of(FailureKind.INPUT, "network-not-filtered")
          .at(place)
          .remedy("Ask for no network at all, or have the operator take network: host away.")
          .sentence(
              "This server gives steps its own network and cannot narrow it, so limits.network"
                  + " cannot be "
                  + asked
                  + ".");
    }
    return new Shared();
  }

  private static StepNetwork taken(StepNetworks networks, StepPolicy policy, String place)
      throws IOException {
    try {
      return networks.take(policy);
    } catch (NetworkException e) {
      throw BuildException.of(FailureKind.INTERNAL, "step-network")
          .at(place)
          .retryable()
          .cause(e)
          .remedy("The operator does this: " + e.remedy() + ".")
          .sentence("The step has no network: " + e.getMessage() + ".");
    }
  }

  private static StepPolicy policy(CommandNetwork.Filtered filtered, StepReach asked) {
    var narrowings = new ArrayList<Narrowing>();
    if (filtered.isListed(asked)) {
      narrowings.add(new Narrowing(filtered.addresses(), filtered.names()));
    }
    if (asked.kind() == StepReach.Kind.LISTED) {
      narrowings.add(narrowing(asked.allow()));
    }
    return narrowings.isEmpty() ? StepPolicy.PERMITTED : new StepPolicy(narrowings);
  }

  private static Narrowing narrowing(List<String> entries) {
    var addresses = new ArrayList<AllowedAddress>();
    var names = new ArrayList<NamePattern>();
    for (String entry : entries) {
      if (StepReach.isRange(entry)) {
        addresses.add(AllowedAddress.parse(entry));
      } else {
        names.add(NamePattern.parse(entry));
      }
    }
    return new Narrowing(addresses, names);
  }

  /** Takes the networks away; no command may be running. */
  @Override
  public void close() throws IOException {
    try {
      if (networks.isPresent()) {
        networks.get().close();
      }
    } finally {
      uplink.ifPresent(UserUplink::close);
    }
  }
}
