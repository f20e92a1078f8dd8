package dev.cairn.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildIdTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void sortsByTimeOfAcceptance() {
    var earlier = BuildId.next(Instant.parse("2026-01-01T00:00:00Z"), random);
    var later = BuildId.next(Instant.parse("2026-01-01T00:00:00.001Z"), random);

    assertThat(earlier).isLessThan(later);
    assertThat(earlier.toString()).isLessThan(later.toString());
    assertThat(later.acceptedAt()).isEqualTo("2026-01-01T00:00:00.001Z");
  }

  @Test
  void readsWhatItWrites() {
    var id = BuildId.next(Instant.now(), random);

    assertThat(BuildId.parse(id.toString())).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        "0123456789ABCDEF0123456789ABCDEF",
        "../../../../../../../../etc/passwd"
      })
  void refusesOtherTexts(String text) {
    assertThatThrownBy(() -> BuildId.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
