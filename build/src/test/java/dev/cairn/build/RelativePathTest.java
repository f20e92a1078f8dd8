package dev.cairn.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelativePathTest {

  @ParameterizedTest
  @CsvSource({"a/b,a/b", "./a//b/,a/b", "a/../b,b", "a/./b/..,a"})
  void cleans(String text, String clean) {
    assertThat(RelativePath.of(text).value()).isEqualTo(clean);
  }

  @Test
  void isTheRootWhenEmpty() {
    assertThat(RelativePath.of("./")).isEqualTo(RelativePath.ROOT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc", "..", "a/../../b", "a\0b"})
  void refusesToLeaveItsSource(String text) {
    assertThatThrownBy(() -> RelativePath.of(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
