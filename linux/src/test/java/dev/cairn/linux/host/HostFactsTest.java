package dev.cairn.linux.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class HostFactsTest {
  @Test
  void looksWithoutFailing() throws IOException {
    var facts = HostFacts.probe();
    assertThat(facts.kernel()).matches("[0-9]+\\..*");
    assertThat(facts.root()).isEqualTo("root".equals(System.getProperty("user.name")));
    assertThat(facts.runtimes()).allSatisfy(r -> assertThat(r.version()).isNotBlank());
  }
}
