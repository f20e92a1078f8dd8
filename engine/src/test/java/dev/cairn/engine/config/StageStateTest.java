package dev.cairn.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildException;
import dev.cairn.dockerfile.BuildArguments;
import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.DockerfileException;
import dev.cairn.dockerfile.Globals;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Location;
import dev.cairn.dockerfile.value.PlatformName;
import dev.cairn.engine.config.FinishedImage.FinishedLayer;
import dev.cairn.engine.copy.CopySource;
import dev.cairn.oci.ContainerConfig;
import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StageStateTest {
  private static final String PATH =
      "PATH=" + "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final List<FileOperation> operations = new ArrayList<>();

  // F.scratch
  @Test
  void scratchHasPathAndRoot() {
    ContainerConfig config = build("").image().config();

    assertThat(config.env()).containsExactly(PATH);
    assertThat(config.workingDir()).isEqualTo("/");
  }

  // J.history: every kind of entry, word by word as BuildKit has it
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ENV A=1 B='x y'|ENV A=1 B=x y",
        "ENV A = 1|ENV A== 1",
        "LABEL a=1 \"b c\"=2|LABEL a=1 b c=2",
        "CMD [\"a\", \"b \\\"c\"]|CMD [\"a\" \"b \\\"c\"]",
        "CMD echo hi|CMD [\"/bin/sh\" \"-c\" \"echo hi\"]",
        "CMD []|CMD []",
        "ENTRYPOINT top -b|ENTRYPOINT [\"/bin/sh\" \"-c\" \"top -b\"]",
        "SHELL [\"/bin/bash\", \"-c\"]|SHELL [/bin/bash -c]",
        "EXPOSE 80 53/UDP 8000-8001|EXPOSE [53/udp 80/tcp 8000/tcp 8001/tcp]",
        "HEALTHCHECK --interval=90s CMD true|HEALTHCHECK {Test:[CMD-SHELL true] Interval:1m30s"
            + " Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}",
        "HEALTHCHECK NONE|HEALTHCHECK {Test:[NONE] Interval:0s Timeout:0s StartPeriod:0s"
            + " StartInterval:0s Retries:0}",
        "STOPSIGNAL SIGTERM|STOPSIGNAL SIGTERM",
        "USER app:web|USER app:web",
        "VOLUME /a /b|VOLUME [/a /b]",
        "WORKDIR /app|WORKDIR /app",
        "WORKDIR app|WORKDIR /app",
        "WORKDIR /|WORKDIR /",
        "MAINTAINER me|MAINTAINER me",
        "ARG V=x W|ARG V=x W",
        "RUN echo hi|RUN /bin/sh -c echo hi # buildkit",
        "RUN [\"a\", \"b\"]|RUN a b # buildkit",
        "COPY --chown=1:2 --chmod=644 a b /c/|COPY --chown=1:2 --chmod=644 a b /c/ # buildkit",
        "ADD a b|ADD a b # buildkit",
        "COPY --parents --link --exclude=x a/ .|COPY --parents a/ . # buildkit",
      })
  void writesHistory(String line, String expected) {
    History entry = build(line).image().history().getLast();

    assertThat(entry.createdBy()).contains(expected);
    assertThat(entry.comment()).contains("buildkit.dockerfile.v0");
  }

  // J.history: which entries have a layer
  @ParameterizedTest
  @CsvSource({
    "RUN x, false",
    "COPY a b, false",
    "ADD a b, false",
    "WORKDIR /x, false",
    "WORKDIR /, true",
    "ENV a=b, true",
    "CMD x, true",
    "USER u, true",
    "ARG x, true",
  })
  void marksEntriesWithoutLayer(String line, boolean empty) {
    assertThat(build(line).image().history().getLast().emptyLayer()).isEqualTo(empty);
  }

  // J.history-args, A.persist, A.run
  @Test
  void showsArgumentsOfRun() {
    var stage = build("ARG V=x\nARG E\nENV W=2\nARG W=3\nRUN [\"c\"]");

    assertThat(stage.image().history().getLast().createdBy())
        .contains("RUN |3 V=x E= W=3 c # buildkit");
    assertThat(stage.image().config().env()).containsExactly(PATH, "W=2");
    assertThat(((FileOperation.Run) operations.getLast()).environment())
        .containsExactly(PATH, "V=x", "W=3");
  }

  // A.precedence
  @Test
  void envAfterArgWins() {
    var stage = build("ARG V=arg\nENV V=env\nRUN [\"c\"]", Map.of("V", "given"));

    assertThat(stage.image().history().getLast().createdBy()).contains("RUN |1 V=env c # buildkit");
  }

  // A.global, A.scope
  @Test
  void globalsAreSeenAfterDeclaration() {
    var file = Dockerfile.parse("Dockerfile", "ARG G=1\nFROM scratch\nENV A=$G\nARG G\nENV B=$G\n");
    var stage = run(file, begin(file, Map.of()));

    assertThat(stage.image().config().env()).containsExactly(PATH, "A=", "B=1");
    assertThat(stage.image().history().get(1).createdBy()).contains("ARG G=1");
  }

  // A.proxy
  @Test
  void proxiesReachRunAlone() {
    var stage = build("RUN x", Map.of("http_proxy", "http://p"));

    var run = (FileOperation.Run) operations.getLast();
    assertThat(run.proxies()).containsOnlyKeys("HTTP_PROXY", "http_proxy");
    assertThat(run.environment()).containsExactly(PATH);
    assertThat(stage.image().history().getLast().createdBy())
        .contains("RUN /bin/sh -c x # buildkit");
  }

  // I.ENV
  @Test
  void overridingKeepsThePosition() {
    assertThat(build("ENV A=1 B=2\nENV A=3").image().config().env())
        .containsExactly(PATH, "A=3", "B=2");
  }

  // X.snapshot
  @Test
  void allWordsSeeTheVariablesBefore() {
    assertThat(build("ENV abc=hello\nENV abc=bye def=$abc\nENV ghi=$abc").image().config().env())
        .containsExactly(PATH, "abc=bye", "def=hello", "ghi=bye");
  }

  // I.CMD, I.ENTRYPOINT
  @Test
  void entrypointClearsOnlyInheritedCommand() {
    var base =
        ImageConfig.empty(Platform.LINUX_AMD64)
            .withConfig(ContainerConfig.EMPTY.withCmd(Optional.of(List.of("base"))));
    var cleared = run("ENTRYPOINT [\"e\"]", StageState.onImage(base, settings(Map.of())));
    var kept = run("CMD [\"c\"]\nENTRYPOINT [\"e\"]", StageState.onImage(base, settings(Map.of())));
    var child = run("ENTRYPOINT [\"f\"]", kept.onThis());

    assertThat(cleared.image().config().cmd()).isEmpty();
    assertThat(kept.image().config().cmd()).contains(List.of("c"));
    assertThat(kept.image().config().argsEscaped()).isTrue();
    assertThat(child.image().config().cmd()).isEmpty();
    assertThat(child.image().config().entrypoint()).contains(List.of("f"));
  }

  // I.SHELL
  @Test
  void shellIsUsedByLaterShellForms() {
    var stage = build("SHELL [\"bash\", \"-ec\"]\nCMD a  b\nRUN c");

    assertThat(stage.image().config().cmd()).contains(List.of("bash", "-ec", "a  b"));
    assertThat(((FileOperation.Run) operations.getLast()).argv())
        .containsExactly("bash", "-ec", "c");
    assertThat(stage.image().config().shell()).contains(List.of("bash", "-ec"));
  }

  // I.WORKDIR
  @ParameterizedTest
  @CsvSource({
    "/a//b, /a//b, /a/b",
    "x, /base/x, /base/x",
    "../y, /y, /y",
    "../../.., /, ''",
  })
  void joinsWorkingDirectories(String path, String stored, String made) {
    var stage = build("WORKDIR /base\nUSER app\nWORKDIR " + path);

    assertThat(stage.image().config().workingDir()).isEqualTo(stored);
    if (!made.isEmpty()) {
      var make = (FileOperation.MakeDirectory) operations.getLast();
      assertThat(make.path()).isEqualTo(made);
      assertThat(make.user()).isEqualTo("app");
    }
  }

  // F.workdir-base
  @Test
  void relativeWorkingDirectoryOfBaseIsBelowTheRoot() {
    var base =
        ImageConfig.empty(Platform.LINUX_AMD64)
            .withConfig(ContainerConfig.EMPTY.withWorkingDir("srv"));

    assertThat(StageState.onImage(base, settings(Map.of())).directory()).isEqualTo("/srv");
  }

  // C.dest-rel, C.dest-slash
  @ParameterizedTest
  @CsvSource({
    "., /app/",
    "./, /app/",
    "'\"\"', /app/",
    "x, /app/x",
    "x/, /app/x/",
    "x/., /app/x/.",
    "../y, /y",
    "/z, /z",
    "/z/, /z/",
    "~, /app/~",
    "$D/x, /d/x",
  })
  void findsDestinations(String written, String expected) {
    build(
        "WORKDIR /app\nENV D=/d\nCOPY "
            + (written.equals("\"\"") ? "[\"a\", \"\"]" : "a " + written));

    assertThat(((FileOperation.Copy) operations.getLast()).operation().destination())
        .isEqualTo(expected);
  }

  // D.url, D.unpack, D.checksum, C.json, H.copy, H.quoted
  @Test
  void describesSources() {
    String sum = "sha256:" + "a".repeat(64);
    build(
        """
        ENV n=v
        ADD https://h/p/f%20x.txt?q=1 /d/
        ADD --unpack=true --checksum=%s http://h/ /d/
        ADD --unpack=false a.tar /d/
        ADD a.tar /d/
        COPY ["a b", "c d", "/e f/"]
        COPY <<ONE <<"TWO" /d/
        $n
        ONE
        $n
        TWO
        """
            .replace("%s", sum));

    assertThat(sources(1))
        .containsExactly(
            new CopySource.Url("https://h/p/f%20x.txt?q=1", "f x.txt", Optional.empty(), false));
    assertThat(sources(2))
        .containsExactly(
            new CopySource.Url("http://h/", "__unnamed__", Optional.of(Digest.parse(sum)), true));
    assertThat(sources(3)).containsExactly(new CopySource.Files("a.tar", false));
    assertThat(sources(4)).containsExactly(new CopySource.Files("a.tar", true));
    assertThat(sources(5))
        .containsExactly(new CopySource.Files("a b", false), new CopySource.Files("c d", false));
    assertThat(sources(6))
        .containsExactly(new CopySource.Inline("ONE", "v\n"), new CopySource.Inline("TWO", "$n\n"));
  }

  // E.copy-url, E.chmod, E.port, E.signal, E.volume, E.substitution, E.checksum
  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY https://h/f /d",
        "COPY --chmod=9 a b",
        "EXPOSE 70000",
        "STOPSIGNAL NOPE",
        "ENV v=\nVOLUME $v",
        "ENV a=${b",
        "ADD --checksum=sha256:1 a b",
      })
  void refusesValuesAtTheirInstruction(String text) {
    assertThatThrownBy(() -> build(text)).isInstanceOf(DockerfileException.class);
  }

  // D.git: refused by name until it is there
  @Test
  void refusesGitSourcesWithPlace() {
    assertThatThrownBy(() -> build("ADD https://h/r.git /d"))
        .isInstanceOfSatisfying(
            BuildException.class, e -> assertThat(e.code()).isEqualTo("unsupported"))
        .hasMessageContaining("Git");
  }

  // I.EXPOSE, I.VOLUME, I.STOPSIGNAL, I.USER, I.MAINTAINER, I.LABEL
  @Test
  void setsTheRestOfTheConfig() {
    var image =
        build(
                "EXPOSE 1:80\nVOLUME /b\nVOLUME [\"/a\"]\nSTOPSIGNAL 9\nUSER x\nUSER \"\"\n"
                    + "MAINTAINER a b\nLABEL k=1\nLABEL k=2")
            .image();

    assertThat(image.config().exposedPorts()).containsExactly("80/tcp");
    assertThat(image.config().volumes()).containsExactly("/a", "/b");
    assertThat(image.config().stopSignal()).isEqualTo("9");
    assertThat(image.config().user()).isEmpty();
    assertThat(image.author()).contains("a b");
    assertThat(image.config().labels()).containsExactly(Map.entry("k", "2"));
  }

  // I.ONBUILD
  @Test
  void triggersRunOnceAndWithoutHistory() {
    var parent = build("ONBUILD COPY . /src\nONBUILD ENV A=$B");
    var triggers = StageState.triggers(parent.image(), Location.line("Dockerfile", 9));
    var child = parent.onThis();

    assertThat(parent.image().history()).isEmpty();
    assertThat(parent.image().config().onBuild()).containsExactly("COPY . /src", "ENV A=$B");
    assertThat(triggers).hasSize(2).first().isInstanceOf(Instruction.Copy.class);
    assertThat(triggers.getFirst().location().toString()).isEqualTo("Dockerfile:9");
    assertThat(child.image().config().onBuild()).isEmpty();
  }

  // F.inherit
  @Test
  void stagesInheritConfigArgumentsAndHistory() {
    var child = run("RUN [\"c\"]", build("ARG V=1\nENV E=2\nUSER u").onThis());

    assertThat(child.user()).isEqualTo("u");
    assertThat(child.image().history()).hasSize(4);
    assertThat(child.image().history().getLast().createdBy()).contains("RUN |1 V=1 c # buildkit");
  }

  // H.run, H.shebang
  @Test
  void runsScriptsAndBodies() {
    build("RUN <<EOF\na\nb\nEOF\nRUN <<S\n#!/bin/x\nS\n");

    assertThat(((FileOperation.Run) operations.get(0)).argv())
        .containsExactly("/bin/sh", "-c", "a\nb\n");
    var script = (FileOperation.Run) operations.get(1);
    assertThat(script.argv()).containsExactly("/bin/sh", "-c", "/dev/pipes/S");
    assertThat(script.script().orElseThrow().content()).isEqualTo("#!/bin/x\n");
  }

  // J.created, K.labels, L.one-layer
  @Test
  void finishesImages() {
    var one = layer(1, 100);
    var two = layer(2, 200);
    var image =
        FinishedImage.of(
            build("LABEL a=1\nRUN x\nENV b=1\nCOPY a b\nCMD c"),
            List.of(one, two),
            Map.of("a", "won"));

    assertThat(image.history())
        .extracting(entry -> entry.created().orElseThrow().getEpochSecond())
        .containsExactly(100L, 100L, 100L, 200L, 200L);
    assertThat(image.created()).contains(Instant.ofEpochSecond(200));
    assertThat(image.diffIds()).containsExactly(one.diffId(), two.diffId());
    assertThat(image.config().labels()).containsEntry("a", "won");
  }

  // F.scratch
  @Test
  void imageOfMetadataHasNoTime() {
    assertThat(FinishedImage.of(build("LABEL a=1"), List.of(), Map.of()).created()).isEmpty();
  }

  // T.epoch
  @Test
  void epochIsTheTimeOfNewEntries() {
    var old = History.of(Optional.of(Instant.ofEpochSecond(7)), "base", "", false);
    var base = ImageConfig.empty(Platform.LINUX_AMD64).plus(Digest.sha256(new byte[0]), old);
    var settings =
        new StageState.Settings(
            '\\', settings(Map.of()).globals(), Optional.of(Instant.ofEpochSecond(50)));
    var stage = run("RUN x\nENV a=b", StageState.onImage(base, settings));
    var image = FinishedImage.of(stage, List.of(layer(0, 7), layer(1, 900)), Map.of());

    assertThat(image.history())
        .extracting(entry -> entry.created().orElseThrow().getEpochSecond())
        .containsExactly(7L, 50L, 50L);
    assertThat(image.created()).contains(Instant.ofEpochSecond(50));
  }

  // J.history: images whose history does not fit their layers
  @Test
  void makesHistoryAndLayersAgree() {
    var stage = build("RUN x");

    assertThat(FinishedImage.of(stage, List.of(), Map.of()).historyLayers()).isZero();
    assertThat(FinishedImage.of(stage, List.of(layer(1, 1), layer(2, 2)), Map.of()).historyLayers())
        .isEqualTo(2);
  }

  private List<CopySource> sources(int line) {
    return ((FileOperation.Copy) operations.get(line - 1)).operation().sources();
  }

  private static FinishedLayer layer(int number, long second) {
    return new FinishedLayer(
        Digest.sha256(new byte[] {(byte) number}), Optional.of(Instant.ofEpochSecond(second)));
  }

  private StageState build(String lines) {
    return build(lines, Map.of());
  }

  private StageState build(String lines, Map<String, String> arguments) {
    var file = Dockerfile.parse("Dockerfile", "FROM scratch\n" + lines);
    return run(file, begin(file, arguments));
  }

  private StageState run(String lines, StageState state) {
    return run(Dockerfile.parse("Dockerfile", "FROM scratch\n" + lines), state);
  }

  private StageState run(Dockerfile file, StageState begin) {
    StageState state = begin;
    for (Instruction instruction : file.stages().getLast().instructions()) {
      var applied = state.apply(instruction);
      applied.operation().ifPresent(operations::add);
      state = applied.next();
    }
    return state;
  }

  private static StageState begin(Dockerfile file, Map<String, String> arguments) {
    return StageState.scratch(Platform.LINUX_AMD64, settings(file, arguments));
  }

  private static StageState.Settings settings(Map<String, String> arguments) {
    return settings(Dockerfile.parse("Dockerfile", "FROM scratch\n"), arguments);
  }

  private static StageState.Settings settings(Dockerfile file, Map<String, String> arguments) {
    var given =
        new BuildArguments(
            arguments, PlatformName.LINUX_AMD64, PlatformName.LINUX_AMD64, Optional.empty());
    return new StageState.Settings('\\', Globals.of(file, given), Optional.empty());
  }
}
