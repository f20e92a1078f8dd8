package dev.cairn.linux.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HardLimitsTest {
  private static final HardLimits LIMITS =
      HardLimits.parse(
          """
          Limit                     Soft Limit           Hard Limit           Units
          Max cpu time              unlimited            unlimited            seconds
          Max open files            1024                 4096                 files
          """);

  @Test
  void lowersWhatExceedsOurOwn() {
    assertThat(LIMITS.clamp(new ResourceLimit("RLIMIT_NOFILE", -1, -1)))
        .isEqualTo(new ResourceLimit("RLIMIT_NOFILE", 4096, 4096));
    assertThat(LIMITS.clamp(new ResourceLimit("RLIMIT_NOFILE", 10, 20)))
        .isEqualTo(new ResourceLimit("RLIMIT_NOFILE", 10, 20));
    assertThat(LIMITS.clamp(new ResourceLimit("RLIMIT_CPU", 5, -1)))
        .isEqualTo(new ResourceLimit("RLIMIT_CPU", 5, -1));
  }
}
