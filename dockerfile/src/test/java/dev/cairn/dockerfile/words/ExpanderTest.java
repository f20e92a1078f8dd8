package dev.cairn.dockerfile.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpanderTest {
  private static final Variables VARIABLES =
      Variables.of(
          Map.of(
              "v",
              "value",
              "e",
              "",
              "s",
              "a b",
              "p",
              "/usr/lib/x.tar.gz",
              "star",
              "a*b",
              "é",
              "u"));
  private static final Expander WORDS = Expander.words('\\');

  // X.forms X.name X.default X.alternate X.strip X.replace X.nested X.quote X.special
  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '|',
      value = {
        "$v => value",
        "${v}x$v => valuexvalue",
        "$v-x => value-x",
        "$é => u",
        "$vx => ||",
        "${v:-w} => value",
        "${e:-w} => w",
        "${e-w} => ||",
        "${u-w} => w",
        "${u:-${e:-${v}}} => value",
        "${v:+w} => w",
        "${e:+w} => ||",
        "${e+w} => w",
        "${p#*/} => usr/lib/x.tar.gz",
        "${p##*/} => x.tar.gz",
        "${p%.*} => /usr/lib/x.tar",
        "${p%%.*} => /usr/lib/x",
        "${p#/???} => /lib/x.tar.gz",
        "${star#a\\*} => b",
        "${p#[a]} => /usr/lib/x.tar.gz",
        "${v/a/A} => vAlue",
        "${p//\\//_} => _usr_lib_x.tar.gz",
        "${v/l*/X} => vaX",
        "${v//?/z} => zzzzz",
        "'$v' => $v",
        "|\"$v\"| => value",
        "|\"\\n\\$v\\\"\"| => |\\n$v\"|",
        "\\$v => $v",
        "a\\b => ab",
        "$1$@$*$#$?$-$! => ||",
        "$$ => ||",
        "a$ => a$",
        "$.x => $.x",
        "$12x => x",
        "${s} => a b",
        "a'b'\\\"c\" d\" => |ab\"c d|"
      })
  void expandsWords(String word, String expected) {
    assertThat(WORDS.expand(word, VARIABLES).text()).isEqualTo(expected == null ? "" : expected);
  }

  // X.errors X.required E.substitution
  @ParameterizedTest
  @ValueSource(
      strings = {
        "${",
        "${}",
        "${:x}",
        "${{",
        "${v",
        "${v^^}",
        "${v,}",
        "${v:0:2}",
        "${v:#x}",
        "${v:%x}",
        "${u:?}",
        "${u?gone}",
        "${e:?}",
        "${v/a}",
        "${v:-x",
        "${v#\\q}"
      })
  void refusesBadSubstitutions(String word) {
    assertThatThrownBy(() -> WORDS.expand(word, VARIABLES))
        .isInstanceOfSatisfying(ExpansionException.class, e -> assertThat(e.isQuote()).isFalse());
  }

  // X.required
  @Test
  void requiredVariablesSayWhy() {
    assertThatThrownBy(() -> WORDS.expand("${u?}", VARIABLES))
        .hasMessageContaining("u: is not allowed to be unset");
    assertThatThrownBy(() -> WORDS.expand("${e:?}", VARIABLES))
        .hasMessageContaining("e: is not allowed to be empty");
    assertThatThrownBy(() -> WORDS.expand("${u:?give $v}", VARIABLES))
        .hasMessageContaining("u: give value");
  }

  // E.quote
  @ParameterizedTest
  @ValueSource(strings = {"'a", "\"a", "\"a${v}"})
  void refusesUnclosedQuotes(String word) {
    assertThatThrownBy(() -> WORDS.expand(word, VARIABLES))
        .isInstanceOfSatisfying(ExpansionException.class, e -> assertThat(e.isQuote()).isTrue());
  }

  // X.word
  @Test
  void aVariableWithBlanksStaysOneWordInTheTextButSplitsTheWords() {
    var expansion = WORDS.expand("x$s \"$s\"", VARIABLES);
    assertThat(expansion.text()).isEqualTo("xa b a b");
    assertThat(expansion.words()).containsExactly("xa", "b", "a b");
  }

  @Test
  void reportsUsedAndUnsetVariables() {
    var expansion = WORDS.expand("$v ${u:-x} $other", VARIABLES);
    assertThat(expansion.used()).containsExactly("v");
    assertThat(expansion.unset()).containsExactly("u", "other");
  }

  // H.copy
  @Test
  void bodiesKeepQuotesAndDropEscapes() {
    assertThat(Expander.body().expand("\"$v\" \\$v it's \\\\\n", VARIABLES).text())
        .isEqualTo("\"value\" $v it's \\\n");
  }

  // P.escape
  @Test
  void theBacktickCanBeTheEscape() {
    assertThat(Expander.words('`').expand("c:\\x `$v", VARIABLES).text()).isEqualTo("c:\\x $v");
  }

  @Test
  void boundsDepthSizeAndWork() {
    String deep = "${u:-".repeat(5000) + "}".repeat(5000);
    assertThatThrownBy(() -> WORDS.expand(deep, VARIABLES)).hasMessageContaining("nested");
    var big = Variables.of(Map.of("b", "a".repeat(60_000)));
    assertThatThrownBy(() -> WORDS.expand("$b".repeat(30), big)).hasMessageContaining("longer");
    String costly = "${b##" + "*a".repeat(5000) + "b}";
    assertThatThrownBy(() -> WORDS.expand(costly, big)).hasMessageContaining("costly");
  }
}
