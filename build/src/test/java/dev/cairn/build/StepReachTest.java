package dev.cairn.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StepReachTest {
  @Test
  void takesNamesAndRangesAndSortsThem() {
    var reach =
        StepReach.listed(
            List.of("Deb.Debian.org", "*.pypi.org", "1.2.3.0/24", "1.2.3.4:443", "9.9.9.9"));

    assertThat(reach.allow())
        .containsExactly("*.pypi.org", "1.2.3.0/24", "1.2.3.4:443", "9.9.9.9", "deb.debian.org");
    assertThat(reach)
        .hasToString("listed *.pypi.org 1.2.3.0/24 1.2.3.4:443 9.9.9.9 deb.debian.org");
  }

  @Test
  void refusesWhatIsNeither() {
    for (String wrong :
        List.of(
            "",
            "*",
            "*.",
            "a..b",
            "a b",
            "http://a/",
            "1.2.3",
            "1.2.3.4/33",
            "1.2.3.4:0",
            "1.2.3.4:70000",
            "0x7f.1",
            "127.1",
            "a*.b",
            "-a.b",
            "::1",
            "[::1]:80",
            "fd00::/8",
            "a".repeat(64) + ".b",
            "x.".repeat(127) + "xx",
            "name;drop",
            "a\nb",
            "1.2.3.4 ; accept")) {
      assertThatThrownBy(() -> StepReach.listed(List.of(wrong)))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> StepReach.listed(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsWhatAnEarlierVersionWrote() {
    assertThat(StepReach.valueOf("EGRESS")).isEqualTo(StepReach.EGRESS);
    assertThat(StepReach.valueOf("NONE")).isEqualTo(StepReach.NONE);
  }
}
