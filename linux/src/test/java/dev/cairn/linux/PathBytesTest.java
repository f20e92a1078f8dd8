package dev.cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathBytesTest {
  @Test
  void readsUtf8AsText() {
    assertThat(PathBytes.decode("größe/日本/😀".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("größe/日本/😀");
  }

  @Test
  void escapesWhatIsNotUtf8() {
    byte[] latin = {'a', (byte) 0xE9, 'b', (byte) 0xFF};
    assertThat(PathBytes.decode(latin)).isEqualTo("a\uDCE9b\uDCFF");
    assertThat(PathBytes.encode("a\uDCE9b\uDCFF")).isEqualTo(latin);
  }

  @Test
  void givesAnyBytesBack() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] = (byte) (random.nextBoolean() ? 0xC0 + random.nextInt(64) : random.nextInt(256));
      }
      assertThat(PathBytes.encode(PathBytes.decode(bytes)))
          .as("seed %d, bytes %s", seed, Arrays.toString(bytes))
          .isEqualTo(bytes);
    }
  }

  @Test
  void ordersAsBytesDo() {
    // U+FF5E is below U+1F600 in UTF-8 and above it in UTF-16.
    assertThat(PathBytes.BYTE_ORDER.compare("～", "😀")).isNegative();
    assertThat("～".compareTo("😀")).isPositive();
    assertThat(PathBytes.BYTE_ORDER.compare("a", "ab")).isNegative();
    assertThat(PathBytes.BYTE_ORDER.compare("a\uDC80", "aé")).isNegative();
  }

  @Test
  void refusesSurrogatesThatItNeverMakes() {
    assertThatThrownBy(() -> PathBytes.encode("a\uD800"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("U+D800");
  }
}
