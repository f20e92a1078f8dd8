package dev.cairn.dockerfile.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.dockerfile.BuildArguments;
import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.StageGraph;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChecksTest {
  private static List<String> found(String text) {
    var file = Dockerfile.parse("Dockerfile", text);
    var graph = StageGraph.of(file, BuildArguments.NONE, Set.of());
    var ignore = IgnoreFile.ofPatterns(List.of("ignored"));
    return Checks.run(graph, ignore, Map.of(0, Map.of("PATH", "/bin")), file.directives().check())
        .stream()
        .map(w -> w.rule().title() + ":" + w.location().firstLine())
        .toList();
  }

  // W.*: "|" is a line end
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "FROM x AS Bad;StageNameCasing:1",
        "FROM x as bad;FromAsCasing:1",
        "FROM x|RUN a \\|| b;NoEmptyContinuation:4",
        "FROM x|run a;ConsistentInstructionCasing:2",
        "FROM x AS a|FROM y AS a;DuplicateStageName:2",
        "FROM x AS scratch;ReservedStageName:1",
        "FROM x|CMD a;JSONArgsRecommended:2",
        "FROM x|MAINTAINER me;MaintainerDeprecated:2",
        "FROM x|WORKDIR a;WorkdirRelativePath:2",
        "FROM x|USER ${nope:-a};UndefinedVar:2",
        "FROM x|CMD [\"a\"]|CMD [\"b\"];MultipleInstructionsDisallowed:2",
        "FROM x|ENV a b;LegacyKeyValueFormat:2",
        "FROM --platform=$TARGETPLATFORM x;RedundantTargetPlatform:1",
        "FROM --platform=linux/amd64 x;FromPlatformFlagConstDisallowed:1",
        "FROM x|ARG MY_TOKEN;SecretsUsedInArgOrEnv:2",
        "ARG T|FROM x:$T;InvalidDefaultArgInFrom:2",
        "FROM x|COPY ignored/a b;CopyIgnoredFile:2",
        "# check=experimental=all|# text|FROM x AS a;InvalidDefinitionDescription:3",
        "FROM x|EXPOSE 80/TCP;ExposeProtoCasing:2",
        "FROM x|EXPOSE 1:80;ExposeInvalidFormat:2"
      })
  void reports(String text, String warning) {
    assertThat(found(text.replace('|', '\n'))).contains(warning);
  }

  // W.skip W.none W.UndefinedArgInFrom
  @Test
  void skipsWhatItIsTold() {
    assertThat(found("# check=skip=all\nFROM x AS Bad\nrun a")).isEmpty();
    assertThat(found("# check=skip=StageNameCasing\nFROM x AS Bad")).isEmpty();
    assertThat(found("FROM x\n# check=skip=JSONArgsRecommended\nCMD a")).isEmpty();
    assertThat(found("FROM a${nope}")).containsExactly("UndefinedArgInFrom:1");
    assertThat(found("FROM x AS a\nARG V\nUSER $V\nWORKDIR /a\nENV KEY_FILE=1\nCMD [\"a\"]"))
        .isEmpty();
    assertThat(found("FROM --platform=linux/arm64 x AS arm64")).isEmpty();
  }
}
