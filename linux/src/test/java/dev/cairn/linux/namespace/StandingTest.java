package dev.cairn.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StandingTest {
  private static final String WITH_RANGE =
      """
               0       1001          1
               1     100000      65535
      """;

  @Test
  void tellsRootOfTheMachineFromRootOfAUserNamespace() {
    assertThat(Standing.parse("         0          0 4294967295\n").kind())
        .isEqualTo(Standing.Kind.ROOT);
    assertThat(Standing.parse(WITH_RANGE).kind()).isEqualTo(Standing.Kind.RANGE);
    assertThat(Standing.parse("0 1001 1\n").kind()).isEqualTo(Standing.Kind.SINGLE_IDENTITY);
  }

  @Test
  void holdsTheNumbersOfItsRangesAndNoOthers() {
    var standing = Standing.parse(WITH_RANGE);

    assertThat(standing.identities()).isEqualTo(65536);
    assertThat(List.of(0L, 1L, 65535L)).allMatch(standing::holds);
    assertThat(List.of(65536L, 100000L, 4294967295L)).noneMatch(standing::holds);
    assertThat(Standing.parse("0 1001 1\n70 100000 5\n").identities()).isEqualTo(1);
  }

  // user_namespaces(7): each extent of a map lies in one extent of the parent's map.
  @Test
  void cutsTheMapOfAStepAsItsOwnIsCut() {
    assertThat(Standing.parse(WITH_RANGE).stepIdentities().text()).isEqualTo("0 0 1\n1 1 65535\n");
    assertThat(Standing.parse("0 1001 1\n").stepIdentities().isRootOnly()).isTrue();
    assertThat(Standing.parse(WITH_RANGE).stepIdentities().isRootOnly()).isFalse();
  }
}
