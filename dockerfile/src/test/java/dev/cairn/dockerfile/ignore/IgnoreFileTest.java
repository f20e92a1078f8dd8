package dev.cairn.dockerfile.ignore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IgnoreFileTest {
  private static IgnoreFile file(String text) {
    return IgnoreFile.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  // G.pattern G.star G.doublestar G.dir G.negate; "|" stands for a line end
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "a a true",
        "a b/a false",
        "/a a true",
        "a/ a/b true",
        "./a a true",
        "x/../a a true",
        "*.md r.md true",
        "*.md d/r.md false",
        "*/*.md d/r.md true",
        "**/*.md r.md true",
        "**/*.md a/b/r.md true",
        "**/x x true",
        "**/x a/xx false",
        "a/**/b a/b true",
        "a/**/b a/x/y/b true",
        "a/** a false",
        "a/** a/b/c true",
        "** any/thing true",
        "a?c abc true",
        "a?c a/c false",
        "[a-c]x bx true",
        "[^a-c]x bx false",
        "a\\* a* true",
        "a\\* ab false",
        "A a false",
        ". any/thing true",
        "a|!a/b a/b false",
        "a|!a/b a/c true",
        "a|!a/b|a/b/c a/b/c true",
        "!a|a a true",
        "*|!**/keep d/keep false",
        "d/*|!d/k d/k/x false",
        "foo** foo/bar true",
        "**bar x/foobar true"
      })
  void decides(String patterns, String path, boolean excluded) {
    assertThat(file(patterns.replace('|', '\n')).excludes(path)).isEqualTo(excluded);
  }

  // G.file
  @Test
  void acceptsCommentsBomCrlfAndBlanks() {
    var file = file("\uFEFF# comment\r\n  a  \r\n\r\n ! b \r\n #c\n");
    assertThat(file.excludes("a")).isTrue();
    assertThat(file.excludes("#c")).isTrue();
    assertThat(file.excludes("# comment")).isFalse();
    assertThat(file.hasNegations()).isTrue();
  }

  // E.ignore
  @ParameterizedTest
  @ValueSource(strings = {"!", "a\n[", "[a-", "[]", "a\\", "[-x]"})
  void refusesMalformedPatterns(String text) {
    assertThatThrownBy(() -> file(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("line ");
  }

  // G.negate
  @Test
  void prunesOnlyWhereNothingCanComeBack() {
    assertThat(file("a").canPrune("a")).isTrue();
    assertThat(file("a\n!b/c").canPrune("a")).isTrue();
    assertThat(file("a\n!a/b/c").canPrune("a")).isFalse();
    assertThat(file("a\n!a/b/c").canPrune("a/b")).isFalse();
    assertThat(file("a\n!a/b/c").canPrune("a/x")).isTrue();
    assertThat(file("a\n!**/x").canPrune("a")).isFalse();
    assertThat(file("*.x").canPrune("a")).isFalse();
  }

  // G.exclude
  @Test
  void excludeFlagsUseTheSameMatcher() {
    var excludes = IgnoreFile.ofPatterns(List.of("**/*.log", "!keep.log"));
    assertThat(excludes.excludes("a/b.log")).isTrue();
    assertThat(excludes.excludes("keep.log")).isFalse();
    assertThat(IgnoreFile.NONE.isEmpty()).isTrue();
  }

  // C.glob
  @Test
  void wildcardsOfCopyAreGosMatch() {
    assertThat(GlobPattern.match("*.txt").matches(".txt")).isTrue();
    assertThat(GlobPattern.match("**/x").matches("a/b/x")).isFalse();
    assertThat(GlobPattern.match("a/*/c").matches("a/b/c")).isTrue();
    assertThat(GlobPattern.match("").matches("")).isTrue();
    assertThat(GlobPattern.hasWildcard("a\\*b")).isFalse();
    assertThat(GlobPattern.hasWildcard("a[b")).isTrue();
  }

  @Test
  void hostilePatternsStayFast() {
    var file = file("*a".repeat(2000) + "\n" + "**/".repeat(2000) + "b");
    long start = System.nanoTime();
    file.excludes("a".repeat(4000));
    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
  }
}
