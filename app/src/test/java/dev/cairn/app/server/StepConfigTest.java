package dev.cairn.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.engine.run.CommandNetwork;
import dev.cairn.engine.run.CommandNetwork.Reach;
import dev.cairn.engine.run.ProxyVariables;
import dev.cairn.linux.sandbox.IsolationRung;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepConfigTest {
  @TempDir Path directory;

  private ServerConfig read(String yaml) throws IOException {
    return ConfigFile.read(Files.writeString(directory.resolve("cairn.yaml"), yaml))
        .applied(directory);
  }

  @Test
  void givesStepsPublicAddressesUnlessItSaysMore() throws IOException {
    assertThat(read("slots: 2").steps().commands()).isEqualTo(CommandNetwork.PUBLIC);
  }

  @Test
  void readsWhatStepsReachAndAreTold() throws IOException {
    StepConfig steps =
        read("""
        network: isolated
        allowStepAddresses: ["10.0.0.5:3128", "10.1.0.0/16"]
        allowStepNames: ["*.corp.example"]
        proxy: {http: "http://10.0.0.5:3128", no: "localhost"}
        """)
            .steps();

    var network = (CommandNetwork.Filtered) steps.commands();
    assertThat(network.reach()).isEqualTo(Reach.LISTED);
    assertThat(network.addresses()).hasToString("[10.0.0.5/32:3128, 10.1.0.0/16]");
    assertThat(network.names()).hasToString("[*.corp.example]");
    assertThat(steps.proxies())
        .isEqualTo(
            new ProxyVariables(
                Optional.of("http://10.0.0.5:3128"), Optional.empty(), Optional.of("localhost")));
    StepConfig more = steps.and(Optional.of("none"), List.of("10.2.0.0/16"), List.of("a.b"));
    assertThat(more.addresses()).hasSize(3);
    assertThat(more.names()).hasSize(2);
    assertThat(more.commands()).isEqualTo(new CommandNetwork.Nothing());
  }

  @Test
  void namesTheMemberThatIsWrong() {
    assertThatThrownBy(() -> read("network: bridge")).hasMessageContaining("network:");
    assertThatThrownBy(() -> read("allowStepAddresses: [\"fd00::/8\"]"))
        .hasMessageContaining("IPv6");
    assertThatThrownBy(() -> read("allowStepAddresses: [\"proxy\"]")).hasMessageContaining("proxy");
    assertThatThrownBy(() -> read("allowStepNames: [\"a b\"]")).hasMessageContaining("a b");
  }

  @Test
  void refusesAProxyThatStepsCouldNotReach() throws IOException {
    var inside = read("proxy: {https: \"http://10.0.0.5:3128\"}").steps();
    assertThatThrownBy(inside::commands)
        .hasMessageContaining("proxy.https")
        .hasMessageContaining("allowStepAddresses");
    assertThat(read("proxy: {http: \"http://93.184.216.34:3128\"}").steps().commands())
        .isEqualTo(CommandNetwork.PUBLIC);
    assertThat(read("proxy: {http: \"http://proxy.corp:3128\"}").steps().commands())
        .isEqualTo(CommandNetwork.PUBLIC);
    for (String wrong : List.of("proxy.corp:3128", "//x", "http://", "a b")) {
      var steps = read("proxy: {http: \"" + wrong + "\"}").steps();
      assertThatThrownBy(steps::commands).as(wrong).hasMessageContaining("proxy.http");
    }
  }

  @Test
  void keepsTheMachinesNetworkToOneTenantOnEveryRung() throws IOException {
    for (IsolationRung rung : IsolationRung.values()) {
      assertThat(Settings.oneTenant(read("network: host\nisolation: {minimum: plain}"), rung))
          .isPresent();
    }
    assertThat(Settings.oneTenant(read("network: egress"), IsolationRung.USER_NAMESPACE)).isEmpty();
  }
}
