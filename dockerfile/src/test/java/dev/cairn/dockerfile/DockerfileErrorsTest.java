package dev.cairn.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DockerfileErrorsTest {
  /** Parses, resolves and walks every stage of the file. */
  private static void check(String text) {
    var file = Dockerfile.parse("Dockerfile", text);
    var graph = StageGraph.of(file, BuildArguments.NONE, Set.of());
    for (Stage stage : graph.needed(graph.target(Optional.empty()))) {
      var scope = Scope.ofImage(file.directives().escape(), graph.globals(), Map.of(), "/");
      graph.instructions(stage.index()).forEach(scope::apply);
    }
  }

  // E.*: code, text ("|" is a line end), words of the message
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "empty; # x;no instructions",
        "empty;ARG A;no stages",
        "unknown-instruction;FROM x|RNU y;unknown instruction: RNU (did you mean RUN?)",
        "unknown-instruction;FROM x|// y;unknown instruction: //",
        "no-stage;RUN x|FROM y;no build stage",
        "arity;FROM;one or three",
        "arity;FROM a b c;one or three",
        "arity;FROM x|COPY a;at least two arguments",
        "arity;FROM x|WORKDIR;exactly one",
        "arity;FROM x|ENV A;must have two arguments",
        "arity;FROM x|ENV a=1 b;can't find =",
        "arity;FROM x|LABEL a=1 # x;can't find =",
        "arity;FROM x|EXPOSE;at least one",
        "quote;FROM x|ENV a='b;single-quote",
        "unknown-flag;FROM x|COPY --chwon=1 a b;unknown flag: --chwon (did you mean chown?)",
        "unknown-flag;FROM x|WORKDIR --x /a;unknown flag: --x",
        "unknown-flag;FROM x|ADD --from=a b c;unknown flag: --from",
        "duplicate-flag;FROM x|COPY --link --link a b;duplicate flag specified: link",
        "flag-value;FROM x|COPY --chown a b;missing a value on flag: chown",
        "flag-value;FROM x|COPY --link= a b;missing a value",
        "flag-value;FROM x|COPY --link=1 a b;expecting boolean value for flag link",
        "blank-name;FROM x|ARG =x;ARG names can not be blank",
        "blank-name;FROM x|ENV =x;ENV names can not be blank",
        "exec-json;FROM x|RUN [1];strings only",
        "shell-json;FROM x|SHELL sh -c;JSON form",
        "heredoc-dest;FROM x|COPY a <<E|E;heredoc as a destination",
        "heredoc-eof;FROM x|RUN <<E|x;unterminated heredoc",
        "substitution;FROM x|USER ${;missing '}'",
        "substitution;FROM ${x^^};unsupported modifier",
        "blank-base;FROM $NONE;should not be blank",
        "stage-name;FROM x AS 1a;invalid name for build stage",
        "stage-index;FROM x|COPY --from=3 a b;counted from 0",
        "stage-order;FROM x AS a|COPY --from=b a b|FROM y AS b|COPY --from=a a b;before current",
        "circular;FROM x AS a|COPY --from=a b c;circular dependency detected on stage: a",
        "circular;FROM x|COPY --from=0 b c;circular",
        "from-variable;FROM x|COPY --from=$y a b;doesn't support variable expansion",
        "platform;FROM --platform=$NONE x;failed to parse platform",
        "platform;FROM --platform=a/b/c/d x;failed to parse platform",
        "copy-url;FROM x|COPY https://a/b c;can't be a URL for COPY",
        "copy-url;FROM x|COPY git@a:b c;can't be a git ref for COPY",
        "chmod;FROM x|COPY --chmod=999 a b;invalid chmod parameter",
        "checksum;FROM x|ADD --checksum=sha256:1 a b;non-HTTP(S)",
        "checksum;FROM x|ADD --checksum=sha256:1 http://a http://b c;multiple sources",
        "network;FROM x|RUN --network=hots a;did you mean host?",
        "security;FROM x|RUN --security=no a;not valid",
        "mount-type;FROM x|RUN --mount=type=bnid,target=/a x;(did you mean bind?)",
        "mount-option;FROM x|RUN --mount=target=/a,required x;unexpected key 'required'",
        "mount-option;FROM x|RUN --mount=type=cache,target=/a,uid=x a;invalid value x for uid",
        "mount-option;FROM x|RUN --mount=type=secret,id=a,from=b x;should not have a from",
        "mount-option;FROM x|RUN --mount=target=/a,wat=1 x;unexpected key 'wat'",
        "mount-target;FROM x|RUN --mount=type=tmpfs x;invalid mount target",
        "mount-target;FROM x|RUN --mount=target=/.. x;invalid mount target",
        "mount-from;FROM x|RUN --mount=from=$a,target=/a x;doesn't support variable",
        "port;FROM x|EXPOSE 70000;invalid containerPort",
        "healthcheck;FROM x|HEALTHCHECK FOO;Unknown type",
        "healthcheck;FROM x|HEALTHCHECK NONE x;takes no arguments",
        "healthcheck;FROM x|HEALTHCHECK --interval=1us CMD x;less than 1ms",
        "healthcheck;FROM x|HEALTHCHECK --retries=-1 CMD x;negative",
        "healthcheck;FROM x|HEALTHCHECK CMD;Missing command",
        "signal;FROM x|STOPSIGNAL NOPE;invalid signal",
        "volume;FROM x|VOLUME [~\"\"~];empty string",
        "onbuild;FROM x|ONBUILD ONBUILD RUN x;isn't allowed",
        "onbuild;FROM x|ONBUILD FROM y;isn't allowed as an ONBUILD trigger",
        "check-option;# check=foo=1|FROM x;invalid check option",
        "directive;# escape=\\|# escape=\\|FROM x;only one escape parser directive",
        "directive;# escape=x|FROM x;invalid escape token",
        "unsupported-syntax;# syntax=evil/x:1|FROM x;frontend image"
      })
  void failsWithCodePlaceAndReason(String code, String text, String words) {
    String file = text.replace('|', '\n').replace("~", "");
    assertThatThrownBy(() -> check(file))
        .isInstanceOfSatisfying(
            DockerfileException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.sentence()).contains(words);
              assertThat(e.location().file()).isEqualTo("Dockerfile");
            });
  }

  // E.location
  @Test
  void marksTheLinesOfTheError() {
    assertThatThrownBy(() -> Dockerfile.parse("f", "FROM x\n\nRUN a\nFOO b \\\n c\nRUN d\n"))
        .isInstanceOfSatisfying(
            DockerfileException.class,
            e -> {
              assertThat(e.location()).hasToString("f:4");
              assertThat(e.excerpt())
                  .contains("   3 |     RUN a")
                  .contains("   4 | >>> FOO b \\")
                  .contains("   5 | >>>  c")
                  .contains("   6 |     RUN d");
            });
  }

  // P.linelen
  @Test
  void limitsLinesAndFiles() {
    assertThatThrownBy(() -> Dockerfile.parse("f", "FROM x\n#" + "a".repeat(65_535)))
        .hasMessage("dockerfile line greater than max allowed size of 65535");
    assertThat(Dockerfile.parse("f", "FROM x\n#" + "a".repeat(65_534)).stages()).hasSize(1);
    assertThatThrownBy(() -> Dockerfile.parse("f", new byte[SourceLines.MAX_BYTES + 1]))
        .isInstanceOf(DockerfileException.class);
  }

  // E.target
  @Test
  void suggestsTargets() {
    var file = Dockerfile.parse("f", "FROM x AS build\nFROM y");
    var graph = StageGraph.of(file, BuildArguments.NONE, Set.of());
    assertThatThrownBy(() -> graph.target(Optional.of("bulid")))
        .hasMessage("target stage \"bulid\" could not be found (did you mean build?)");
    assertThat(graph.target(Optional.of("BUILD")).index()).isZero();
    assertThatThrownBy(() -> graph.target(Optional.of("0")))
        .isInstanceOf(DockerfileException.class);
  }
}
