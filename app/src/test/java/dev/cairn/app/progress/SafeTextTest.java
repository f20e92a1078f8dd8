package dev.cairn.app.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SafeTextTest {

  @Test
  void leavesNothingThatActsOnATerminal() {
    assertThat(SafeText.of("\u001b[2J\u001b[1;31mred\u001b[0m")).isEqualTo("red");
    assertThat(SafeText.of("\u001b]0;title\u0007x")).isEqualTo("x");
    assertThat(SafeText.of("\u001b]52;c;ZXZpbA==\u001b\\x")).isEqualTo("x");
    assertThat(SafeText.of("a\u0000\u0008b\u009b31mc")).isEqualTo("ab31mc");
    assertThat(SafeText.of("evil\u202etxt.exe")).isEqualTo("eviltxt.exe");
    assertThat(SafeText.of("cut \u001b[")).isEqualTo("cut ");
    assertThat(SafeText.of("cut \u001b")).isEqualTo("cut ");
  }

  @Test
  void showsWhatAProgressLineLastSaid() {
    assertThat(SafeText.of("10 %\r50 %\r100 %")).isEqualTo("100 %");
    assertThat(SafeText.of("10 %\r50 %\r")).isEqualTo("50 %");
  }

  @Test
  void keepsOrdinaryText() {
    assertThat(SafeText.of("für\t漢字 🪨")).isEqualTo("für    漢字 🪨");
  }
}
