package dev.cairn.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.linux.dns.FakeResolver;
import dev.cairn.linux.dns.Messages;
import dev.cairn.linux.dns.NamePattern;
import dev.cairn.linux.host.HostFacts;
import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.namespace.NamespaceMaker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real networks of steps on a machine and in a world that are namespaces of the test's own. */
@Tag("slow")
// Flows are known after a network was closed, while its variable is still in sight.
@SuppressWarnings("try")
class StepNetworksTest {
  private static final String NAME = NetworkSettings.name("test");
  private static final NamespaceMaker MAKER = new NamespaceMaker(Optional.of(IdMap.WIDE_RANGE));

  private World world;
  private FakeResolver resolver;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(HostFacts.probe().root(), "networks of steps need root");
    assumeTrue(
        NetworkTools.ALL.stream().allMatch(tool -> tool.find().isPresent()),
        "networks of steps need iproute2 and nftables");
    world = new World();
    resolver = new FakeResolver();
  }

  @AfterEach
  void close() throws Exception {
    if (world != null) {
      world.close();
      resolver.close();
    }
  }

  private NetworkSettings settings(String name, String... allowed) {
    return new NetworkSettings(
        name,
        Addresses.REFUSED,
        List.of(allowed).stream().map(AllowedAddress::parse).toList(),
        2,
        Optional.of(world.machine()),
        () -> List.of(resolver.address()));
  }

  private static StepPolicy only(List<String> addresses, String... names) {
    return new StepPolicy(
        List.of(
            new StepPolicy.Narrowing(
                addresses.stream().map(AllowedAddress::parse).toList(),
                List.of(names).stream().map(NamePattern::parse).toList())));
  }

  private static List<String> everything(StepNetworks networks, String neighbour) {
    var all = new ArrayList<String>();
    all.addAll(Addresses.PUBLIC);
    all.addAll(Addresses.MACHINE);
    all.addAll(Addresses.INTERNAL);
    all.addAll(Addresses.SIX);
    all.add(networks.range().network().getHostAddress());
    all.add(neighbour);
    return all;
  }

  /** What was reached, without how. */
  private Set<String> reached() throws InterruptedException {
    // Datagrams that got through are on their way for less than this.
    Thread.sleep(300);
    return new HashSet<>(world.reached);
  }

  private static Set<String> both(List<String> addresses) {
    var all = new HashSet<String>();
    for (String address : addresses) {
      all.add("tcp " + address);
      all.add("udp " + address);
    }
    return all;
  }

  /** Probes everything with a policy, under the eyes of another step that listens. */
  private Set<String> probed(StepPolicy policy, String... allowed) throws Exception {
    try (var networks = StepNetworks.open(settings(NAME, allowed), MAKER);
        var neighbour = networks.take(StepPolicy.PERMITTED);
        var network = networks.take(policy);
        var listener = world.listen(neighbour.namespaces(), "neighbour ")) {
      assertThat(listener).isNotNull();
      var prober = new Prober(network);
      prober.unleash(network.resolver());
      List<String> all = everything(networks, neighbour.address().getHostAddress());
      assertThat(all).hasSizeGreaterThan(80);
      prober.probe(all);
      prober.probe(List.of(network.resolver().getHostAddress()));
      return reached();
    }
  }

  /** What would be reached if the filter were not there: the test's own proof. */
  @Test
  void reachesInternalAddressesWithoutTheFilter() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(StepPolicy.PERMITTED)) {
      world.machineGround().filter("flush chain inet " + NAME + " outgoing\n");
      var prober = new Prober(network);
      prober.unleash(network.resolver());
      prober.probe(Addresses.INTERNAL);
      prober.probe(Addresses.MACHINE);
      assertThat(reached())
          .contains("tcp 10.0.0.1", "udp 10.0.0.1", "tcp 169.254.169.254", "tcp 192.168.1.1")
          .contains("tcp 100.64.0.1", "tcp 192.0.2.1", "machine tcp 1.0.0.2", "machine udp 1.0.0.2")
          .contains("machine tcp 127.0.0.1", "tcp 198.51.100.1")
          .hasSizeGreaterThan(60);
    }
  }

  @Test
  void egressReachesPublicAddressesAlone() throws Exception {
    assertThat(probed(StepPolicy.PERMITTED)).isEqualTo(both(Addresses.PUBLIC));
  }

  @Test
  void egressReachesWhatTheOperatorAllowsAsWell() throws Exception {
    var expected = both(Addresses.PUBLIC);
    expected.addAll(both(List.of("10.0.0.1", "192.168.1.1")));
    expected.addAll(Set.of("machine tcp " + World.MACHINE, "machine udp " + World.MACHINE));
    assertThat(
            probed(
                StepPolicy.PERMITTED,
                "10.0.0.1:" + World.PORT,
                "10.96.0.1:80",
                "192.168.1.0/24",
                World.MACHINE))
        .isEqualTo(expected);
  }

  @Test
  void isolatedReachesWhatTheOperatorListsAlone() throws Exception {
    assertThat(probed(only(List.of("10.0.0.1", "8.8.8.8")), "10.0.0.1", "8.8.8.8"))
        .isEqualTo(both(List.of("10.0.0.1", "8.8.8.8")));
    world.reached.clear();
    assertThat(probed(only(List.of()))).isEmpty();
  }

  @Test
  void aListNarrowsAndNeverOpens() throws Exception {
    assertThat(
            probed(
                only(
                    List.of(
                        "0.0.0.0/5",
                        "169.254.169.254",
                        "192.168.0.0/16",
                        "198.18.0.0/15",
                        "1.0.0.0/8:" + World.PORT,
                        "11.0.0.0/8:80")),
                "192.168.1.1"))
        .isEqualTo(both(List.of("1.1.1.1", "192.168.1.1")));
  }

  @Test
  void allNarrowingsHold() throws Exception {
    var one = only(List.of("8.8.8.8", "1.1.1.1")).narrowings().getFirst();
    var other = only(List.of("1.1.1.1", "11.0.0.1")).narrowings().getFirst();
    assertThat(probed(new StepPolicy(List.of(one, other)))).isEqualTo(both(List.of("1.1.1.1")));
  }

  @Test
  void noStepSpeaksAsAnotherOne() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var strict = networks.take(only(List.of()));
        var free = networks.take(StepPolicy.PERMITTED)) {
      var step = World.ground(strict.namespaces());
      step.ip(List.of("address add " + free.address().getHostAddress() + "/32 dev eth0"));
      step.call(() -> {
        try (var channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
          channel.bind(new InetSocketAddress(free.address(), 0));
          channel.send(
              ByteBuffer.wrap("8.8.8.8".getBytes(StandardCharsets.UTF_8)),
              new InetSocketAddress("8.8.8.8", World.PORT));
          // Nor is the forwarder asked in the other's name.
          channel.send(
              ByteBuffer.wrap(Messages.question(1, "a.example", Messages.A)),
              new InetSocketAddress(strict.resolver(), 53));
        }
        return true;
      });
      assertThat(reached()).isEmpty();
      assertThat(resolver.asked).isEmpty();
      new Prober(free).probe(List.of("8.8.8.8"));
      assertThat(reached()).containsExactlyInAnyOrder("tcp 8.8.8.8", "udp 8.8.8.8");
    }
  }

  @Test
  void nobodyOutsideReachesAStep() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(StepPolicy.PERMITTED);
        var _ = world.listen(network.namespaces(), "step ")) {
      String address = network.address().getHostAddress();
      world.beyondGround().ip(List.of("route add " + networks.range() + " via " + World.MACHINE));
      world.send(address);
      assertThat(reached()).isEmpty();
      // Of what it asked for itself it gets the answer.
      new Prober(network).probe(List.of("8.8.8.8"));
      assertThat(reached()).isEqualTo(both(List.of("8.8.8.8")));
    }
  }

  @Test
  void notEvenAnOperatorWhoAllowsEverythingLetsStepsMeet() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME, "0.0.0.0/0"), MAKER);
        var neighbour = networks.take(StepPolicy.PERMITTED);
        var network = networks.take(StepPolicy.PERMITTED);
        var _ = world.listen(neighbour.namespaces(), "neighbour ")) {
      new Prober(network)
          .probe(
              List.of(
                  neighbour.address().getHostAddress(),
                  network.resolver().getHostAddress(),
                  "10.0.0.1"));
      assertThat(reached()).isEqualTo(both(List.of("10.0.0.1")));
    }
  }

  @Test
  void tellsNobodyTheMachinesOtherAddresses() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(StepPolicy.PERMITTED)) {
      var step = World.ground(network.namespaces());
      step.ip(List.of("route add " + World.MACHINE + "/32 dev eth0"));
      new Prober(network).udp(List.of(World.MACHINE, "8.8.8.8"), StandardProtocolFamily.INET);
      Thread.sleep(300);
      var states = step.ask("neighbour", "show", "dev", "eth0");
      for (var each : Uplink.array(states)) {
        if (each.path("dst").asString("").equals(World.MACHINE)) {
          assertThat(each.has("lladdr")).as(states).isFalse();
        }
      }
      assertThat(states).contains(network.resolver().getHostAddress());
    }
  }

  @Test
  void opensWhatAListedNameStandsForToThatStepAlone() throws Exception {
    resolver.with("deb.example", "8.8.8.8").with("cdn.deb.example", "11.0.0.1");
    resolver.with("other.example", "1.1.1.1");
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(only(List.of(), "deb.example", "*.deb.example"));
        var other = networks.take(only(List.of(), "else.example"))) {
      new Prober(network).probe(List.of("8.8.8.8"));
      assertThat(reached()).isEmpty();
      assertThat(code(lookUp(network, "deb.example"))).isZero();
      assertThat(code(lookUp(network, "cdn.deb.example"))).isZero();
      assertThat(code(lookUp(network, "other.example"))).isEqualTo(3);
      new Prober(network).probe(Addresses.PUBLIC);
      new Prober(other).probe(Addresses.PUBLIC);
      assertThat(reached()).isEqualTo(both(List.of("8.8.8.8", "11.0.0.1")));
      assertThat(resolver.asked).containsExactly("deb.example", "cdn.deb.example");
      network.close();
      var flows = network.flows().get(20, TimeUnit.SECONDS);
      assertThat(flows.lookups()).isEqualTo(3);
      assertThat(flows.refusals())
          .extracting(Flows.Refusal::target)
          .contains("name other.example (not listed)", "1.1.1.1:" + World.PORT + " (tcp)");
    }
  }

  @Test
  void deliversNoNameThatStandsForARefusedAddress() throws Exception {
    resolver
        .with("rebind.example", "8.8.8.8", "10.0.0.1")
        .with("meta.example", "169.254.169.254")
        .with("lo.example", "127.0.0.1")
        .with("good.example", "8.8.8.8")
        .with("mirror.example", "10.7.7.7");
    try (var networks = StepNetworks.open(settings(NAME, "10.7.7.7:443"), MAKER);
        var network = networks.take(StepPolicy.PERMITTED);
        var listed = networks.take(only(List.of(), "*.example"))) {
      resolver.with("self.example", network.address().getHostAddress());
      for (var each : List.of(network, listed)) {
        for (String name :
            List.of("rebind.example", "meta.example", "lo.example", "self.example")) {
          assertThat(code(lookUp(each, name))).as(name).isEqualTo(3);
        }
        assertThat(code(lookUp(each, "good.example"))).isZero();
        assertThat(code(lookUp(each, "mirror.example"))).isZero();
      }
      new Prober(listed).probe(List.of("10.0.0.1", "10.7.7.7", "8.8.8.8"));
      assertThat(reached()).isEqualTo(both(List.of("8.8.8.8")));
      network.close();
      assertThat(network.flows().get(20, TimeUnit.SECONDS).refusals())
          .extracting(Flows.Refusal::target)
          .contains("name rebind.example (10.0.0.1)", "name meta.example (169.254.169.254)");
    }
  }

  private static byte[] lookUp(StepNetwork network, String name) throws IOException {
    return World.ground(network.namespaces())
        .call(() -> {
          try (var channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.connect(new InetSocketAddress(network.resolver(), 53));
            channel.socket().setSoTimeout(8000);
            channel.write(ByteBuffer.wrap(Messages.question(7, name, Messages.A)));
            var packet = new java.net.DatagramPacket(new byte[1000], 1000);
            channel.socket().receive(packet);
            return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
          }
        });
  }

  private static int code(byte[] answer) {
    return answer[3] & 0xf;
  }

  @Test
  void countsWhatWentThroughAndNamesWhatDidNot() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(StepPolicy.PERMITTED)) {
      var prober = new Prober(network);
      for (int i = 0; i < 3; i++) {
        prober.probe(List.of("8.8.8.8", "10.0.0.1"));
      }
      network.close();
      var flows = network.flows().get(20, TimeUnit.SECONDS);
      assertThat(flows.bytesOut()).isPositive();
      assertThat(flows.packetsOut()).isGreaterThanOrEqualTo(12);
      assertThat(flows.bytesIn()).isPositive();
      // Three times, twice by TCP and twice by UDP.
      assertThat(flows.refused()).isEqualTo(12);
      assertThat(flows.refusals())
          .containsExactlyInAnyOrder(
              new Flows.Refusal("10.0.0.1:4711 (tcp)", 6),
              new Flows.Refusal("10.0.0.1:4711 (udp)", 6));
    }
  }

  @Test
  void namesOnlySoManyRefusals() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(StepPolicy.PERMITTED)) {
      var many = new ArrayList<String>();
      for (int i = 0; i < 500; i++) {
        many.add("10.1." + i / 250 + "." + (1 + i % 250));
      }
      new Prober(network).udp(many, StandardProtocolFamily.INET);
      network.close();
      var flows = network.flows().get(20, TimeUnit.SECONDS);
      assertThat(flows.refused()).isEqualTo(500);
      assertThat(flows.refusals()).hasSizeBetween(1, 32);
    }
  }

  @Test
  void namesTheSettingThatSomebodyHasSwitchedOff() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER)) {
      world.machineGround().set(List.of("ipv4/conf/up0/forwarding"), "0");
      assertThatThrownBy(() -> networks.take(StepPolicy.PERMITTED))
          .isInstanceOf(NetworkException.class)
          .hasMessageContaining("IPv4 forwarding is off for up0");
      world.machineGround().set(List.of("ipv4/conf/up0/forwarding"), "1");
      try (var network = networks.take(StepPolicy.PERMITTED)) {
        new Prober(network).probe(List.of("8.8.8.8"));
        assertThat(reached()).isEqualTo(both(List.of("8.8.8.8")));
      }
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    String rules = world.machineGround().filtered("list", "ruleset");
    try (var networks = StepNetworks.open(settings(NAME), MAKER)) {
      for (int i = 0; i < 10; i++) {
        var network = networks.take(i % 2 == 0 ? StepPolicy.PERMITTED : only(List.of("8.8.8.8")));
        network.close();
        network.flows().get(20, TimeUnit.SECONDS);
      }
      assertThat(world.machineGround().filtered("list", "ruleset")).contains(NAME);
    }
    assertThat(world.machineGround().filtered("list", "ruleset")).isEqualTo(rules);
    assertThat(devices()).isEmpty();
    assertThat(world.machineGround().ask("-4", "route", "show", "table", "all"))
        .doesNotContain("198.1");
  }

  /** What is left once the kernel has had its time. */
  private List<String> devices() throws IOException, InterruptedException {
    List<String> all = devicesNow();
    for (int i = 0; i < 100 && !all.isEmpty(); i++) {
      Thread.sleep(50);
      all = devicesNow();
    }
    return all;
  }

  private List<String> devicesNow() throws IOException {
    var all = new ArrayList<String>();
    for (var link : Uplink.array(world.machineGround().ask("link", "show"))) {
      String name = link.path("ifname").asString("");
      if (name.startsWith("cairn")) {
        all.add(name);
      }
    }
    return all;
  }

  @Test
  void rulesOfAStepGoWithIt() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER)) {
      var network = networks.take(only(List.of("8.8.8.8"), "a.example"));
      String before = table();
      assertThat(before).contains("only0_0", "opened_0", "seen_0");
      network.close();
      for (int i = 0; i < 200 && table().contains("_0\""); i++) {
        Thread.sleep(50);
      }
      assertThat(table()).doesNotContain("_0\"");
    }
  }

  private String table() throws IOException {
    return world.machineGround().filtered("list", "table", "inet", NAME);
  }

  @Test
  void sweepsWhatAKilledProcessLeft() throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledNetworks.class.getName(),
                world.machine().toString(),
                NAME)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("up");
    process.destroyForcibly().waitFor();
    String left = table();
    assertThat(left).contains("steps", "step_0", "only0_0");
    assertThat(devicesNow()).contains(NAME);
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(StepPolicy.PERMITTED)) {
      assertThat(table()).doesNotContain("only0_0");
      new Prober(network).probe(List.of("8.8.8.8", "10.0.0.1"));
      assertThat(reached()).isEqualTo(both(List.of("8.8.8.8")));
    }
    assertThat(devices()).isEmpty();
  }

  @Test
  void twoInstallationsDoNotMeet() throws Exception {
    String otherName = NetworkSettings.name("other");
    try (var networks = StepNetworks.open(settings(NAME, "0.0.0.0/0"), MAKER);
        var others = StepNetworks.open(settings(otherName), MAKER)) {
      assertThat(networks.range().overlaps(others.range())).isFalse();
      try (var network = networks.take(StepPolicy.PERMITTED);
          var other = others.take(StepPolicy.PERMITTED);
          var _ = world.listen(other.namespaces(), "other ")) {
        new Prober(network).probe(List.of("8.8.8.8", other.address().getHostAddress()));
        new Prober(other).probe(List.of("1.1.1.1", network.address().getHostAddress()));
        assertThat(reached()).isEqualTo(both(List.of("8.8.8.8", "1.1.1.1")));
      }
      networks.close();
      try (var other = others.take(StepPolicy.PERMITTED)) {
        new Prober(other).probe(List.of("11.0.0.1"));
        assertThat(reached()).containsAll(both(List.of("11.0.0.1")));
      }
    }
  }

  @Test
  void takesAddressesThatNobodyUses() throws Exception {
    Subnet first = Subnet.candidates(NAME).getFirst();
    Subnet second = Subnet.candidates(NAME).get(1);
    world
        .machineGround()
        .ip(
            List.of(
                "address add " + first.step(7).getHostAddress() + "/32 dev lo",
                "route add " + second.range() + " via 192.0.2.1"));
    try (var networks = StepNetworks.open(settings(NAME), MAKER)) {
      assertThat(networks.range()).isEqualTo(Subnet.candidates(NAME).get(2).range());
    }
    world.machineGround().ip(List.of("route add 198.18.0.0/15 via 192.0.2.1"));
    assertThatThrownBy(() -> StepNetworks.open(settings(NAME), MAKER))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("198.18.0.0/15");
    assertThat(devices()).isEmpty();
  }

  @Test
  void namesAFirewallThatDropsMore() throws Exception {
    assertThat(HostFirewall.obstacles(world.machineGround(), NAME)).isEmpty();
    world
        .machineGround()
        .filter(
            """
            table ip filter {
              chain FORWARD { type filter hook forward priority 0; policy drop; }
              chain INPUT { type filter hook input priority 0; policy drop; }
              chain OUTPUT { type filter hook output priority 0; policy accept; }
            }
            """);
    try (var networks = StepNetworks.open(settings(NAME), MAKER)) {
      assertThat(networks.range()).isNotNull();
      assertThat(HostFirewall.obstacles(world.machineGround(), NAME))
          .hasSize(2)
          .anySatisfy(text -> assertThat(text).contains("ip filter FORWARD", NAME + "+"))
          .anySatisfy(text -> assertThat(text).contains("ip filter INPUT", NAME + "*"));
    }
  }

  @Test
  void takesTheSizeOfPacketsFromTheUplink() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(StepPolicy.PERMITTED)) {
      assertThat(World.ground(network.namespaces()).ask("link", "show", "dev", "eth0"))
          .contains("\"mtu\":1400");
    }
  }

  @Test
  void holdsAStepsConnectionsToItsShare() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER);
        var network = networks.take(StepPolicy.PERMITTED)) {
      var many = new ArrayList<String>();
      for (int i = 0; i < 10_000; i++) {
        many.add("11." + i / 62_500 + "." + i / 250 % 250 + "." + (1 + i % 250));
      }
      new Prober(network).udp(many, StandardProtocolFamily.INET);
      network.close();
      var flows = network.flows().get(20, TimeUnit.SECONDS);
      assertThat(flows.packetsOut()).isBetween(8000L, 8300L);
      assertThat(flows.refused()).isGreaterThan(1500);
    }
  }

  @Test
  void printsWhatANetworkCosts() throws Exception {
    try (var networks = StepNetworks.open(settings(NAME), MAKER)) {
      var times = new ArrayList<Double>();
      for (int i = 0; i < 10; i++) {
        long start = System.nanoTime();
        var network = networks.take(StepPolicy.PERMITTED);
        times.add((System.nanoTime() - start) / 1e6);
        network.close();
        Thread.sleep(200);
      }
      System.out.println("a prepared network, ms: " + times);
      var network = networks.take(StepPolicy.PERMITTED);
      long start = System.nanoTime();
      long bytes = download(network);
      System.out.printf(
          "throughput of a step: %.0f MB/s%n", bytes / 1e6 / ((System.nanoTime() - start) / 1e9));
      network.close();
      assertThat(network.flows().get(20, TimeUnit.SECONDS).bytesIn()).isGreaterThan(bytes);
    }
  }

  private long download(StepNetwork network) throws Exception {
    try (var source = world.pour(300L << 20)) {
      assertThat(source).isNotNull();
      return World.ground(network.namespaces())
          .call(() -> {
            long bytes = 0;
            try (var channel = SocketChannel.open(StandardProtocolFamily.INET)) {
              channel.connect(
                  new InetSocketAddress(InetAddress.ofLiteral("8.8.8.8"), World.PORT + 1));
              var buffer = ByteBuffer.allocateDirect(1 << 18);
              for (int n = channel.read(buffer); n >= 0; n = channel.read(buffer.clear())) {
                bytes += n;
              }
            }
            return bytes;
          });
    }
  }
}
