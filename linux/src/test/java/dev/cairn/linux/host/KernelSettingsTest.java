package dev.cairn.linux.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KernelSettingsTest {

  @Test
  void readsAllDigitsOfANumber() throws Exception {
    var cat = new ProcessBuilder("cat", "/proc/sys/kernel/threads-max").start();
    var seen = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();

    assertThat(KernelSettings.find("kernel/threads-max")).contains(seen);
    assertThat(seen.length()).isGreaterThan(1);
  }

  @Test
  void hasNothingToSayOfASettingThatThisKernelLacks() {
    assertThat(KernelSettings.find("kernel/no-such-setting")).isEmpty();
  }
}
