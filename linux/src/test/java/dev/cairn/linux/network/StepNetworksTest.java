package dev.cairn.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.linux.host.HostFacts;
import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.namespace.NamespaceMaker;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class StepNetworksTest {
  @Test
  void firstLight() throws Exception {
    assumeTrue(HostFacts.probe().root(), "needs root");
    try (var world = new World()) {
      var settings =
          new NetworkSettings(
              NetworkSettings.name("test"),
              List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("198.18.0.0/15")),
              List.of(),
              2,
              Optional.of(world.machine()),
              () -> List.of());
      try (var networks =
          StepNetworks.open(settings, new NamespaceMaker(Optional.of(IdMap.WIDE_RANGE)))) {
        System.out.println(world.machineGround().ask("address"));
        for (int i = 0; i < 3; i++) {
          long a = System.nanoTime();
          var network = networks.take(StepPolicy.PERMITTED);
          long b = System.nanoTime();
          System.out.println("take " + (b - a) / 1e6);
          for (String to : List.of("9.9.9.9", "10.1.2.3", "192.0.2.2")) {
            String said =
                Ground.at(World.path(network.namespaces()))
                    .call(() -> {
                      try (var channel = SocketChannel.open(StandardProtocolFamily.INET)) {
                        channel.socket().connect(new InetSocketAddress(to, World.PORT), 1000);
                        return "connected";
                      } catch (java.io.IOException e) {
                        return e.toString();
                      }
                    });
            System.out.println(to + ": " + said);
          }
          network.close();
          System.out.println(network.flows().get(10, TimeUnit.SECONDS));
        }
        System.out.println(world.reached);
      }
      assertThat(world.machineGround().ask("link")).doesNotContain("cairn");
    }
  }
}
