package dev.cairn.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.linux.host.HostFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class NamespaceMakerTest {
  @BeforeEach
  void needsRoot() throws IOException {
    assumeTrue(HostFacts.probe().root(), "making namespaces for others needs root");
  }

  @Test
  void givesEachStepAUserNamespaceThatOwnsItsNetwork() throws Exception {
    var maker = new NamespaceMaker(Optional.of(IdMap.WIDE_RANGE));
    try (var one = maker.make();
        var other = maker.make()) {
      assertThat(link(one)).isNotEqualTo(link(other)).isNotEqualTo(own());
      var inside =
          entered(
              one,
              "--user=" + StepNamespaces.path(one.user().orElseThrow()),
              List.of("cat", "/proc/self/uid_map"));
      assertThat(inside.split("\\s+")).containsExactly("", "0", "1073741824", "1073741824");
      assertThat(
              entered(
                  one,
                  "--user=" + StepNamespaces.path(one.user().orElseThrow()),
                  List.of("ip", "link", "set", "lo", "up")))
          .isEmpty();
    }
  }

  @Test
  void makesANetworkAloneWhereThereAreNoIdentities() throws Exception {
    try (var alone = new NamespaceMaker(Optional.empty()).make()) {
      assertThat(alone.user()).isEmpty();
      assertThat(link(alone)).isNotEqualTo(own());
    }
  }

  private static String link(StepNamespaces namespaces) throws IOException {
    return Files.readSymbolicLink(StepNamespaces.path(namespaces.network())).toString();
  }

  private static String own() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
  }

  private static String entered(StepNamespaces namespaces, String user, List<String> command)
      throws Exception {
    var whole = new ArrayList<String>();
    whole.addAll(List.of("nsenter", user));
    whole.add("--net=" + StepNamespaces.path(namespaces.network()));
    whole.add("--");
    whole.addAll(command);
    var process = new ProcessBuilder(whole).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
