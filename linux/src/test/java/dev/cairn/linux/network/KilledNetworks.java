package dev.cairn.linux.network;

import dev.cairn.linux.dns.NamePattern;
import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.namespace.NamespaceMaker;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A process with networks of steps; a test kills it. */
final class KilledNetworks {
  private KilledNetworks() {}

  /** The namespace of the machine and the name of the installation. */
  public static void main(String[] arguments) throws Exception {
    var settings =
        new NetworkSettings(
            arguments[1],
            Addresses.REFUSED,
            List.of(),
            2,
            Optional.of(Path.of(arguments[0])),
            List::of);
    var networks = StepNetworks.open(settings, new NamespaceMaker(Optional.of(IdMap.WIDE_RANGE)));
    networks.take(
        new StepPolicy(
            List.of(new StepPolicy.Narrowing(List.of(), List.of(NamePattern.parse("a.example"))))));
    networks.take(StepPolicy.PERMITTED);
    System.out.println("up");
    Thread.sleep(600_000);
  }
}
