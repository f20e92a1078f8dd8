package dev.cairn.linux.network;

import dev.cairn.linux.dns.NameForwarder;
import dev.cairn.linux.namespace.NamespaceMaker;
import dev.cairn.linux.namespace.StepNamespaces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The networks of an installation's steps. From the first step on some are always ready, so that
 * none has to wait; what a step leaves is taken away in the background.
 *
 * <p>Each step has a pair of devices of its own with nothing else on it: there is no common wire on
 * which one could listen to another or take its address. The bridge has no ports; it carries the
 * gateway's address and marks the addresses as taken.
 */
public final class StepNetworks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StepNetworks.class);
  private static final int AT_ONCE = 32;

  private final NetworkSettings settings;
  private final NamespaceMaker maker;
  private final Ground ground;
  private final Uplink uplink;
  private final Subnet subnet;
  private final FilterRules rules;
  private final NameForwarder forwarder;
  private final BlockingQueue<StepNetwork.Prepared> ready = new LinkedBlockingQueue<>();
  private final BlockingQueue<StepNetwork> ended = new LinkedBlockingQueue<>();
  private final Semaphore wanted;
  private final AtomicInteger numbers = new AtomicInteger();
  private final ReentrantLock filtering = new ReentrantLock();
  private final List<Thread> workers = new ArrayList<>();
  private volatile boolean closing;

  private StepNetworks(
      NetworkSettings settings,
      NamespaceMaker maker,
      Ground ground,
      Uplink uplink,
      Subnet subnet,
      NameForwarder.Sockets sockets)
      throws IOException {
    this.settings = settings;
    this.maker = maker;
    this.wanted = new Semaphore(1);
    this.ground = ground;
    this.uplink = uplink;
    this.subnet = subnet;
    this.rules = new FilterRules(settings, subnet, sockets.port());
    this.forwarder = NameForwarder.start(sockets, settings.resolvers());
  }

  /**
   * Removes what an earlier process of this installation left, and sets everything up.
   *
   * @param maker makes the namespaces that steps join
   * @throws NetworkException if something is missing on this machine, with what to do
   */
  public static StepNetworks open(NetworkSettings settings, NamespaceMaker maker)
      throws IOException {
    NetworkTools.require(NetworkTools.ALL);
    var ground = new Ground(settings.inside());
    var links = Uplink.array(ground.ask("link", "show"));
    sweep(ground, settings.name(), links);
    var routes = Uplink.array(ground.ask("-4", "route", "show", "table", "all"));
    Uplink uplink = Uplink.of(routes, links);
    Subnet subnet = chosen(ground, settings.name(), routes);
    NameForwarder.Sockets sockets = ground.call(() -> NameForwarder.Sockets.open(subnet.gateway()));
    var networks = new StepNetworks(settings, maker, ground, uplink, subnet, sockets);
    try {
      ground.filter(networks.rules.base());
      uplink.open(ground);
    } catch (IOException | RuntimeException e) {
      networks.close();
      throw e;
    }
    networks.work("networks-ready", networks::keepReady);
    networks.work("networks-ended", networks::takeAway);
    return networks;
  }

  /** Removes the devices of an installation, whoever made them. */
  private static void sweep(Ground ground, String name, List<JsonNode> links) throws IOException {
    for (JsonNode link : links) {
      String device = link.path("ifname").asString("");
      if (!device.startsWith(name)) {
        continue;
      }
      try {
        ground.ip(List.of("link delete dev " + device));
      } catch (IOException e) {
        // The kernel takes devices away by itself once nobody holds their namespace.
        if (exists(ground, device)) {
          throw e;
        }
      }
    }
  }

  private static boolean exists(Ground ground, String device) throws IOException {
    for (JsonNode link : Uplink.array(ground.ask("link", "show"))) {
      if (link.path("ifname").asString("").equals(device)) {
        return true;
      }
    }
    return false;
  }

  /** Takes the first addresses that nobody uses. */
  private static Subnet chosen(Ground ground, String bridge, List<JsonNode> routes)
      throws IOException {
    var taken = new ArrayList<>(Subnet.ofRoutes(routes, bridge));
    taken.addAll(Subnet.ofDevices(ground, bridge));
    boolean made = false;
    for (Subnet subnet : Subnet.candidates(bridge)) {
      if (taken.stream().anyMatch(subnet.range()::overlaps)) {
        continue;
      }
      String address = subnet.gateway().getHostAddress() + "/" + Subnet.PREFIX + " dev " + bridge;
      var lines = new ArrayList<String>();
      if (!made) {
        lines.add("link add name " + bridge + " type bridge");
        lines.add("link set dev " + bridge + " up");
        made = true;
      }
      lines.add("address add " + address);
      ground.ip(lines);
      ground.set(List.of("ipv6/conf/" + bridge + "/disable_ipv6"), "1");
      // Another installation may have chosen the same at the same moment.
      if (Subnet.ofDevices(ground, bridge).stream().noneMatch(subnet.range()::overlaps)) {
        return subnet;
      }
      ground.ip(List.of("address delete " + address));
    }
    if (made) {
      ground.ip(List.of("link delete dev " + bridge));
    }
    throw new NetworkException(
        "no part of 198.18.0.0/15 is free for the addresses of steps",
        "remove routes and addresses of that range that are not needed: ip route; ip address");
  }

  private void work(String name, Runnable work) {
    workers.add(Thread.ofPlatform().daemon().name(name).start(work));
  }

  /** The range that steps have their addresses in. */
  public AddressRange range() {
    return subnet.range();
  }

  /**
   * A network for one step.
   *
   * @throws NetworkException if packets would not be forwarded, naming the setting
   */
  public StepNetwork take(StepPolicy policy) throws IOException {
    StepNetwork.Prepared prepared = ready.poll();
    wanted.release(Math.max(0, settings.spare() - ready.size() - wanted.availablePermits()));
    if (prepared == null) {
      prepared = prepare();
    }
    try {
      uplink.check(ground, prepared.slot().device());
      if (!policy.narrowings().isEmpty()) {
        filter(rules.narrowed(prepared.slot(), policy));
      }
    } catch (IOException | RuntimeException e) {
      ended.add(network(prepared, StepPolicy.PERMITTED));
      throw e;
    }
    var network = network(prepared, policy);
    forwarder.serve(network.address(), network);
    return network;
  }

  private StepNetwork network(StepNetwork.Prepared prepared, StepPolicy policy) {
    return new StepNetwork(
        prepared,
        settings,
        subnet,
        policy,
        (slot, addresses) -> filter(rules.opened(slot, addresses)),
        this::end);
  }

  private void end(StepNetwork network) {
    forwarder.forget(network.address());
    ended.add(network);
  }

  /** One change at a time: two at once would make each other start again. */
  private void filter(String text) throws IOException {
    filtering.lock();
    try {
      ground.filter(text);
    } finally {
      filtering.unlock();
    }
  }

  private StepNetwork.Prepared prepare() throws IOException {
    var slot = Slot.of(settings.name(), subnet, numbers.getAndIncrement());
    StepNamespaces namespaces = maker.make();
    try {
      connect(slot, namespaces);
      filter(rules.step(slot));
      return new StepNetwork.Prepared(slot, namespaces);
    } catch (IOException | RuntimeException e) {
      namespaces.close();
      throw e;
    }
  }

  private void connect(Slot slot, StepNamespaces namespaces) throws IOException {
    var path = StepNamespaces.path(namespaces.network());
    var step = Ground.at(path);
    String device = slot.device();
    String gateway = subnet.gateway().getHostAddress();
    // Before the device comes up, or it would give itself an address.
    step.set(List.of("ipv6/conf/all/disable_ipv6", "ipv6/conf/default/disable_ipv6"), "1");
    ground.ip(
        List.of(
            "link add dev %s mtu %d type veth peer name eth0 mtu %d netns %s"
                .formatted(device, uplink.mtu(), uplink.mtu(), path)));
    String conf = "ipv4/conf/" + device + "/";
    ground.set(List.of("ipv6/conf/" + device + "/disable_ipv6", conf + "forwarding"), "1");
    // Only the gateway's address is told, not the machine's others.
    ground.set(List.of(conf + "arp_ignore"), "1");
    ground.set(
        List.of(conf + "send_redirects", conf + "accept_redirects", conf + "accept_source_route"),
        "0");
    ground.ip(
        List.of(
            "address add " + gateway + "/32 dev " + device,
            "link set dev " + device + " up",
            "route add " + slot.ip() + "/32 dev " + device));
    step.ip(
        List.of(
            "link set dev lo up",
            "address add " + slot.ip() + "/32 dev eth0",
            "link set dev eth0 up",
            "route add " + gateway + "/32 dev eth0",
            "route add default via " + gateway + " dev eth0"));
  }

  private void keepReady() {
    try {
      HostFirewall.obstacles(ground, settings.name())
          .forEach(obstacle -> LOG.warn("the machine's packet filter: {}", obstacle));
    } catch (IOException | RuntimeException e) {
      LOG.warn("the machine's packet filter cannot be read", e);
    }
    while (!closing) {
      try {
        wanted.acquire();
        ready.add(prepare());
      } catch (IOException e) {
        // The next step makes its own, and hears of it if that fails too.
        LOG.warn("no network could be made ready", e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void takeAway() {
    while (!closing) {
      var some = new ArrayList<StepNetwork>();
      try {
        some.add(ended.take());
      } catch (InterruptedException e) {
        return;
      }
      ended.drainTo(some, AT_ONCE);
      remove(some);
    }
  }

  private void remove(List<StepNetwork> some) {
    try {
      var counters = FlowCounters.read(ground, settings.name());
      for (StepNetwork network : some) {
        network.counted(counters.of(network.prepared().slot()));
      }
    } catch (IOException | RuntimeException e) {
      some.forEach(network -> network.uncounted(e));
    }
    var text = new StringBuilder();
    for (StepNetwork network : some) {
      text.append(rules.removed(network.prepared().slot(), network.policy()));
    }
    try {
      filter(text.toString());
    } catch (IOException e) {
      LOG.warn("rules of ended steps are left behind", e);
    }
    // With the last descriptor the kernel takes namespace and devices away.
    some.forEach(network -> network.namespaces().close());
  }

  /** Takes everything away; no step may be running. */
  @Override
  public void close() throws IOException {
    if (closing) {
      return;
    }
    closing = true;
    for (Thread worker : workers) {
      worker.interrupt();
    }
    boolean interrupted = false;
    for (Thread worker : workers) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    var left = new ArrayList<StepNetwork>();
    ended.drainTo(left);
    if (!left.isEmpty()) {
      remove(left);
    }
    var spare = new ArrayList<StepNetwork.Prepared>();
    ready.drainTo(spare);
    try (forwarder) {
      // With their last descriptors the kernel takes the devices of steps away.
      spare.forEach(prepared -> prepared.namespaces().close());
      ground.filter(FilterRules.removal(settings.name()));
      ground.ip(List.of("link delete dev " + settings.name()));
    }
  }
}
