package dev.cairn.engine.run;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildSink;
import dev.cairn.engine.step.Node;
import dev.cairn.engine.step.SecretMask;
import dev.cairn.linux.network.Flows;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What went through the networks of one build's commands, and what was refused to them. The packet
 * filter is read after a command has ended, while the build goes on.
 */
public final class NetworkUse {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkUse.class);
  private static final int TOLD = 10;
  private static final long PATIENCE_SECONDS = 10;

  private final BuildSink sink;
  private final SecretMask mask;
  private final Deque<Ended> waiting = new ArrayDeque<>();
  private final Map<String, Long> figures = new LinkedHashMap<>();

  private record Ended(Node node, Future<Flows> flows) {}

  /** Of the build that this sink belongs to. */
  public NetworkUse(BuildSink sink, SecretMask mask) {
    this.sink = sink;
    this.mask = mask;
  }

  /** A command has ended well: what it did is told later. */
  synchronized void ended(Node node, CommandNetworks.Network network) {
    network.flows().ifPresent(flows -> waiting.add(new Ended(node, flows)));
  }

  /** A command has failed: what was refused to it may be why, and is told now. */
  void failed(Node node, CommandNetworks.Network network) throws InterruptedException {
    ended(node, network);
    tell();
  }

  /** Tells what has not been told, and gives the sums by name. */
  public synchronized Map<String, Long> figures() throws InterruptedException {
    tell();
    return Map.copyOf(figures);
  }

  /** The sums of what has been told so far; waits for nothing. */
  public synchronized Map<String, Long> told() {
    return Map.copyOf(figures);
  }

  private synchronized void tell() throws InterruptedException {
    while (!waiting.isEmpty()) {
      Ended ended = waiting.poll();
      try {
        add(ended.node(), ended.flows().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("what a step's network did was not counted", e);
      }
    }
  }

  private void add(Node node, Flows flows) {
    count("network.bytesOut", flows.bytesOut());
    count("network.bytesIn", flows.bytesIn());
    count("network.packetsOut", flows.packetsOut());
    count("network.packetsIn", flows.packetsIn());
    count("network.lookups", flows.lookups());
    count("network.refused", flows.refused());
    if (flows.refusals().isEmpty()) {
      return;
    }
    String told =
        flows.refusals().stream()
            .limit(TOLD)
            .map(Flows.Refusal::toString)
            .collect(Collectors.joining(", "));
    int more = flows.refusals().size() - TOLD;
    sink.event(
        new BuildEvent.Warning(
            "network-refused",
            "The network policy refused this step: "
                + mask.apply(told)
                + (more > 0 ? " and " + more + " more" : "")
                + ". What steps need is listed by the operator (allowStepAddresses) or, where the"
                + " build narrows its own network, by limits.network.",
            Optional.of(node.telling().place())));
  }

  private void count(String name, long number) {
    figures.merge(name, number, Long::sum);
  }
}
