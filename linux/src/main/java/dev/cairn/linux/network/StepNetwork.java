package dev.cairn.linux.network;

import dev.cairn.linux.dns.NameClient;
import dev.cairn.linux.namespace.StepNamespaces;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** The network of one step, from its start to its end. */
public final class StepNetwork implements AutoCloseable, NameClient {
  private static final int REFUSALS = 32;

  private final Prepared prepared;
  private final NetworkSettings settings;
  private final Subnet subnet;
  private final StepPolicy policy;
  private final Opening opening;
  private final Consumer<StepNetwork> ended;
  private final CompletableFuture<Flows> flows = new CompletableFuture<>();
  private final Map<String, Long> refusedNames = new LinkedHashMap<>();
  private final Set<InetAddress> opened = new HashSet<>();
  private long lookups;
  private boolean closed;

  /** A place with its namespaces. */
  record Prepared(Slot slot, StepNamespaces namespaces) {}

  /** Lets the step reach these addresses. */
  @FunctionalInterface
  interface Opening {
    void open(Slot slot, List<String> addresses) throws IOException;
  }

  StepNetwork(
      Prepared prepared,
      NetworkSettings settings,
      Subnet subnet,
      StepPolicy policy,
      Opening opening,
      Consumer<StepNetwork> ended) {
    this.prepared = prepared;
    this.settings = settings;
    this.subnet = subnet;
    this.policy = policy;
    this.opening = opening;
    this.ended = ended;
  }

  /** What the step joins; closed with this. */
  public StepNamespaces namespaces() {
    return prepared.namespaces();
  }

  /** Whom the step asks for names. */
  public InetAddress resolver() {
    return subnet.gateway();
  }

  /** The step's own address. */
  public InetAddress address() {
    return prepared.slot().address();
  }

  /** What went through it; known some time after it was closed. */
  public Future<Flows> flows() {
    return flows;
  }

  @Override
  public synchronized boolean mayAsk(String name) {
    lookups++;
    if (policy.permits(name)) {
      return true;
    }
    refused(name, "not listed");
    return false;
  }

  @Override
  public synchronized boolean mayHave(String name, List<InetAddress> addresses) throws IOException {
    for (InetAddress address : addresses) {
      if (!deliverable(address)) {
        refused(name, address.getHostAddress());
        return false;
      }
    }
    if (policy.narrowings().isEmpty()) {
      return true;
    }
    var fresh = new ArrayList<InetAddress>();
    for (InetAddress address : addresses) {
      if (address instanceof Inet4Address
          && !opened.contains(address)
          && !fresh.contains(address)) {
        fresh.add(address);
      }
    }
    if (closed || opened.size() + fresh.size() > FilterRules.mostOpened()) {
      refused(name, "too many addresses");
      return false;
    }
    if (!fresh.isEmpty()) {
      opening.open(prepared.slot(), fresh.stream().map(InetAddress::getHostAddress).toList());
      opened.addAll(fresh);
    }
    return true;
  }

  /** Whether an address is one that somebody may learn from a name. */
  private boolean deliverable(InetAddress address) {
    if (subnet.range().contains(address)) {
      return false;
    }
    boolean allowed =
        settings.allowed().stream().anyMatch(entry -> entry.range().contains(address));
    return allowed || settings.refused().stream().noneMatch(range -> range.contains(address));
  }

  private void refused(String name, String why) {
    String target = "name " + (name.isEmpty() ? "." : name) + " (" + why + ")";
    if (refusedNames.containsKey(target) || refusedNames.size() < REFUSALS) {
      refusedNames.merge(target, 1L, Long::sum);
    }
  }

  Prepared prepared() {
    return prepared;
  }

  StepPolicy policy() {
    return policy;
  }

  /** Tells what the packet filter counted, together with the look-ups. */
  synchronized void counted(Flows packets) {
    var refusals = new ArrayList<>(packets.refusals());
    refusedNames.forEach((target, times) -> refusals.add(new Flows.Refusal(target, times)));
    flows.complete(
        new Flows(
            packets.bytesOut(),
            packets.packetsOut(),
            packets.bytesIn(),
            packets.packetsIn(),
            lookups,
            packets.refused(),
            refusals));
  }

  void uncounted(Exception reason) {
    flows.completeExceptionally(reason);
  }

  /** The step has ended; its network is taken away in the background. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    ended.accept(this);
  }
}
