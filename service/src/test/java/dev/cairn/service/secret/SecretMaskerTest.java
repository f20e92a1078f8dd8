package dev.cairn.service.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretMaskerTest {
  private static final byte[] VALUE = "s3cr3t-Kanarien/vogel+1".getBytes(StandardCharsets.UTF_8);
  private final SecretMasker masker = new SecretMasker();

  SecretMaskerTest() {
    masker.add(VALUE);
  }

  @Test
  void masksTheValueAndItsEncodings() {
    String text = new String(VALUE, StandardCharsets.UTF_8);
    assertThat(masker.mask("a " + text + " b")).isEqualTo("a *** b");
    assertThat(masker.mask(HexFormat.of().formatHex(VALUE))).isEqualTo("***");
    assertThat(masker.mask(Base64.getEncoder().encodeToString(VALUE))).startsWith("***");
    assertThat(masker.mask("x=s3cr3t-Kanarien%2Fvogel%2B1&y")).isEqualTo("x=***&y");
  }

  @Test
  void masksBase64OfATextThatHoldsTheValue() {
    for (int before = 0; before < 6; before++) {
      String text = "u".repeat(before) + new String(VALUE, StandardCharsets.UTF_8) + ":end";
      String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
      assertThat(masker.mask(encoded)).contains("***");
    }
  }

  @Test
  void masksAcrossLineEndsAtEveryPlace() {
    String text = new String(VALUE, StandardCharsets.UTF_8);
    for (int cut = 1; cut < text.length(); cut++) {
      var stream = masker.stream();
      List<String> lines = new ArrayList<>(stream.accept("a" + text.substring(0, cut)));
      lines.addAll(stream.accept(text.substring(cut) + "b"));
      lines.addAll(stream.end());
      assertThat(lines).containsExactly("a***", "***b");
    }
  }

  @Test
  void letsLinesThroughThatBeginNoSecret() {
    assertThat(masker.stream().accept("hello!")).containsExactly("hello!");
  }

  @Test
  void masksWrappedBase64OfALongValue() {
    byte[] value = new byte[2000];
    new Random(7).nextBytes(value);
    masker.add(value);
    String wrapped = Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(value);
    for (String line : masker.mask(wrapped).split("\n")) {
      assertThat(line.replace("***", "")).hasSizeLessThan(8);
    }
  }
}
