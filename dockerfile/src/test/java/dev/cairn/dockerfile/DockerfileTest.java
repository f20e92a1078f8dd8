package dev.cairn.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.dockerfile.Instruction.Pair;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DockerfileTest {
  private static Dockerfile parse(String text) {
    return Dockerfile.parse("Dockerfile", text);
  }

  private static <T extends Instruction> T only(String line, Class<T> type) {
    return type.cast(parse("FROM x\n" + line).stages().getFirst().instructions().getFirst());
  }

  private static String shell(String line) {
    return ((CommandLine.Shell) only(line, Instruction.Run.class).command()).text();
  }

  // P.bom P.case P.whitespace P.comment P.continuation
  @Test
  void joinsLinesAndKeepsTheirPlace() {
    var file =
        parse(
            "\uFEFFfrom a aS B\r\n  # note\r\n\t run one \\\r\n # inner\r\n\r\n   two \\  \r\n"
                + "  three\r\nrun end \\");
    var stage = file.stages().getFirst();
    assertThat(stage.name()).contains("b");
    var run = (Instruction.Run) stage.instructions().getFirst();
    assertThat(run.command()).isEqualTo(new CommandLine.Shell("one    two   three"));
    assertThat(run.location()).isEqualTo(new Location("Dockerfile", 3, 7));
    assertThat(run.source().comments()).containsExactly("note");
    assertThat(file.emptyContinuations()).containsExactly(run.location());
    assertThat(stage.instructions().getLast().text()).isEqualTo("run end");
  }

  // P.continuation P.escape
  @Test
  void aDoubledEscapeDoesNotContinue() {
    assertThat(shell("RUN a \\\\\nRUN b")).isEqualTo("a \\\\");
    var file = parse("# escape=`\nFROM x\nRUN a `\n b \\\nRUN c");
    assertThat(file.stages().getFirst().instructions()).hasSize(2);
  }

  // P.directive P.syntax
  @Test
  void readsDirectivesOnlyAtTheTop() {
    var file =
        parse("# Syntax = docker/dockerfile:1.7-labs\n#escape=`\n# check=error=true\nFROM x");
    assertThat(file.directives().syntax()).contains("docker/dockerfile:1.7-labs");
    assertThat(file.directives().escape()).isEqualTo('`');
    assertThat(file.directives().check().error()).isTrue();
    assertThat(parse("# hi\n# escape=`\nFROM x").directives().escape()).isEqualTo('\\');
    assertThat(parse("# other=1\n# escape=`\nFROM x").directives().escape()).isEqualTo('\\');
    assertThat(parse("\n# escape=`\nFROM x").directives().escape()).isEqualTo('\\');
  }

  // P.syntax
  @ParameterizedTest
  @CsvSource({
    "docker/dockerfile,true",
    "docker/dockerfile:1,true",
    "docker.io/docker/dockerfile:1,true",
    "docker/dockerfile-upstream:master,true",
    "docker/dockerfile@sha256:00,true",
    "docker/dockerfile:1 args,true",
    "dockerfile.v0,true",
    "evil/dockerfile,false",
    "docker/dockerfilex,false",
    "registry.example/docker/dockerfile,false"
  })
  void knowsItsOwnSyntax(String syntax, boolean ours) {
    assertThat(Frontend.isOurs(syntax)).isEqualTo(ours);
  }

  // P.json
  @Test
  void onlyValidJsonOfStringsIsTheExecForm() {
    assertThat(only("RUN [\"a\", \"b \\u00e9\"]  ", Instruction.Run.class).command())
        .isEqualTo(new CommandLine.Exec(List.of("a", "b é")));
    for (String text : List.of("['a']", "[\"a\"] x", "[\"a\",]", "[a]", "[\"a\"", "[01]")) {
      assertThat(shell("RUN " + text)).isEqualTo(text);
    }
    assertThat(only("CMD []", Instruction.Cmd.class).command())
        .isEqualTo(new CommandLine.Exec(List.of()));
    assertThat(only("CMD", Instruction.Cmd.class).command()).isEqualTo(new CommandLine.Shell(""));
  }

  // P.flags I.names
  @Test
  void readsFlagsIntoTypedFields() {
    var copy =
        only(
            "COPY --from=A --chown='u:g h' --chmod=u+x --link --parents=TRUE --exclude=*.a"
                + " --exclude=!b ./s d/",
            Instruction.Copy.class);
    assertThat(copy.from()).contains("A");
    assertThat(copy.parents()).isTrue();
    assertThat(copy.options())
        .isEqualTo(
            new FileOptions(Optional.of("u:g h"), Optional.of("u+x"), true, List.of("*.a", "!b")));
    assertThat(copy.sources()).isEqualTo(CopySources.of("./s"));
    assertThat(copy.destination()).isEqualTo("d/");
    var add =
        only("ADD --keep-git-dir --unpack=false --checksum=sha256:1 a b", Instruction.Add.class);
    assertThat(add.keepGitDir()).contains(true);
    assertThat(add.unpack()).contains(false);
    assertThat(add.checksum()).contains("sha256:1");
    var run =
        only(
            "RUN --network=none --security=insecure --device=v/c=*,required --mount=target=/a -- x",
            Instruction.Run.class);
    assertThat(run.options().network()).contains(RunOptions.Network.NONE);
    assertThat(run.options().security()).isEqualTo(RunOptions.Security.INSECURE);
    assertThat(run.options().devices()).containsExactly(new RunOptions.Device("v/c=*", true));
  }

  // P.words I.ENV I.ENV.legacy I.LABEL
  @Test
  void splitsPairs() {
    assertThat(only("ENV a=1 b='x y' c=\\ d e=\"f=g\"", Instruction.Env.class).pairs())
        .containsExactly(
            Pair.of("a", "1"),
            Pair.of("b", "'x y'"),
            Pair.of("c", "\\ d"),
            Pair.of("e", "\"f=g\""));
    assertThat(only("ENV A = 1", Instruction.Env.class).pairs())
        .containsExactly(new Pair("A", "= 1", true));
    assertThat(only("LABEL \"a b\"=c", Instruction.Label.class).pairs())
        .containsExactly(Pair.of("\"a b\"", "c"));
    assertThat(only("ARG a b=1 c=", Instruction.Arg.class).declarations())
        .containsExactly(
            new Instruction.Arg.Declaration("a", Optional.empty()),
            new Instruction.Arg.Declaration("b", Optional.of("1")),
            new Instruction.Arg.Declaration("c", Optional.of("")));
  }

  // P.string
  @Test
  void someKeywordsTakeTheWholeLine() {
    assertThat(only("WORKDIR /a b", Instruction.Workdir.class).path()).isEqualTo("/a b");
    assertThat(only("USER a b", Instruction.User.class).user()).isEqualTo("a b");
    assertThat(only("MAINTAINER a <b@c>", Instruction.Maintainer.class).name())
        .isEqualTo("a <b@c>");
    assertThat(only("STOPSIGNAL 9", Instruction.Stopsignal.class).signal()).isEqualTo("9");
    assertThat(only("VOLUME /a /b", Instruction.Volume.class).paths()).containsExactly("/a", "/b");
    assertThat(only("VOLUME [\"/a b\"]", Instruction.Volume.class).paths()).containsExactly("/a b");
    assertThat(only("SHELL [\"a\", \"-c\"]", Instruction.Shell.class).words())
        .containsExactly("a", "-c");
  }

  // I.HEALTHCHECK
  @Test
  void readsHealthchecks() {
    var probe =
        only("HEALTHCHECK --interval=5s --retries=3 CMD [\"x\"]", Instruction.Healthcheck.class)
            .probe()
            .orElseThrow();
    assertThat(probe.command()).isEqualTo(new CommandLine.Exec(List.of("x")));
    assertThat(probe.interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(probe.retries()).isEqualTo(3);
    assertThat(only("healthcheck none", Instruction.Healthcheck.class).probe()).isEmpty();
  }

  // H.run H.shebang H.run-cmd H.chomp H.raw H.crlf H.empty H.fd
  @Test
  void readsHeredocsOfRun() {
    assertThat(shell("RUN <<EOF\n# a\n\n b \\\nEOF\nRUN x")).isEqualTo("# a\n\n b \\\n");
    assertThat(shell("RUN <<-EOF\n\t\ta\n\tEOF")).isEqualTo("a\n");
    assertThat(shell("RUN cat <<'A B' 3<<C && x\n1\nA B\n2\nC"))
        .isEqualTo("cat <<'A B' 3<<C && x\n1\nA B\n2\nC");
    assertThat(shell("RUN <<EOF\r\na\r\nEOF\r\n")).isEqualTo("a\r\n");
    assertThat(shell("RUN <<EOF\nEOF")).isEmpty();
    assertThat(only("RUN <<x.sh\n#!/bin/sh\nhi\nx.sh", Instruction.Run.class).command())
        .isEqualTo(new CommandLine.Script("x.sh", "#!/bin/sh\nhi\n"));
    assertThat(only("CMD cat <<EOF", Instruction.Cmd.class).command())
        .isEqualTo(new CommandLine.Shell("cat <<EOF"));
    assertThat(only("RUN [\"cat\", \"<<EOF\"]", Instruction.Run.class).command())
        .isInstanceOf(CommandLine.Exec.class);
  }

  // H.copy H.quoted H.multi H.add H.where
  @Test
  void readsHeredocsOfCopy() {
    var copy =
        only("COPY <<A file <<-\"B\" /dest/\n$x\nA\n\t$y\n\tB\nRUN z", Instruction.Copy.class);
    assertThat(copy.sources().paths()).containsExactly("file");
    assertThat(copy.sources().files())
        .containsExactly(new InlineFile("A", "$x\n", true), new InlineFile("B", "$y\n", false));
    assertThat(copy.location()).isEqualTo(new Location("Dockerfile", 2, 6));
    assertThat(only("ADD <<A /d\nA", Instruction.Add.class).sources().files())
        .containsExactly(new InlineFile("A", "", true));
  }

  // I.ONBUILD I.ONBUILD-heredoc
  @Test
  void keepsTriggersAsText() {
    var onbuild = only("ONBUILD  run   <<E cat\na\nE\nRUN x", Instruction.Onbuild.class);
    assertThat(onbuild.trigger()).isEqualTo("run   <<E cat\na\nE");
    var trigger = Dockerfile.parseTrigger(onbuild.trigger(), new Location("Dockerfile", 4, 4));
    assertThat(trigger).isInstanceOf(Instruction.Run.class);
    assertThat(trigger.location().firstLine()).isEqualTo(4);
  }

  // F.onlyarg A.global
  @Test
  void argsBeforeTheFirstFromAreGlobal() {
    var file = parse("ARG A=1\nFROM x\nARG B\nFROM y AS z");
    assertThat(file.globals()).hasSize(1);
    assertThat(file.stages()).extracting(Stage::label).containsExactly("0", "z");
  }

  // P.linelen
  @Test
  void aHugeFileIsFast() {
    String line = "RUN " + "${x:-".repeat(2000) + "\n";
    byte[] bytes =
        ("FROM x\n" + line.repeat((1 << 20) / line.length())).getBytes(StandardCharsets.UTF_8);
    long start = System.nanoTime();
    assertThat(Dockerfile.parse("f", bytes).stages()).hasSize(1);
    assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
  }
}
