package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The hostile cases as text: complete, and told in the documentation. */
class HostileCasesTest {

  @Test
  void thereAreManyAndEachStandsInTheDocumentation() throws IOException {
    String documentation = Files.readString(Path.of("..", "docs", "hostile-suite.md"));
    List<HostileCase> cases = HostileCase.all();

    assertThat(cases).hasSizeGreaterThan(100);
    assertThat(cases).allSatisfy(each -> assertThat(documentation).contains("| `" + each + "` |"));
  }

  @Test
  void everyDefenceIsNamedByACase() throws IOException {
    Set<Defence> named =
        HostileCase.all().stream()
            .flatMap(each -> each.defences().stream())
            .collect(Collectors.toSet());

    assertThat(named).containsExactlyInAnyOrderElementsOf(Defence.all());
  }
}
