package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildEvent.Outcome;
import dev.cairn.build.BuildException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class NativeBuilderTest {
  @TempDir Path directory;
  private BuilderFixture fixture;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(BuilderFixture.isRoot(), "needs root and /usr/bin/busybox (busybox-static)");
    fixture = new BuilderFixture(directory);
  }

  @AfterEach
  void close() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
  }

  @Test
  void buildsFromScratchWithoutRunningAnything() throws Exception {
    var result =
        fixture.build(
            "FROM scratch\nCOPY hello /greeting/\nENV A=b\nCMD [\"/greeting/hello\"]\n",
            Map.of("hello", "hi\n"),
            new FakePorts.Heard());
    assertThat(fixture.text(result, "greeting/hello")).isEqualTo("hi\n");
    assertThat(fixture.config(result).config().env()).contains("A=b");
    assertThat(fixture.config(result).historyLayers()).isEqualTo(1);
  }

  @Test
  void runsCommandsOnABaseAndKeepsOnlyWhatTheyChanged() throws Exception {
    var heard = new FakePorts.Heard();
    var result =
        fixture.build(
            "FROM busybox\nRUN echo made > /tmp/made && echo said\nRUN cat /tmp/made && rm /bin/ip\n",
            Map.of("x", "y"),
            heard);
    assertThat(heard.log()).contains("said", "made");
    assertThat(fixture.text(result, "tmp/made")).isEqualTo("made\n");
    assertThat(fixture.files(result).lookup("bin/ip")).isEmpty();
    assertThat(fixture.files(result).lookup("tmp").orElseThrow().attributes().mode())
        .isEqualTo(01777);
    assertThat(fixture.files(result).lookup("proc")).isEmpty();
    assertThat(fixture.files(result).lookup("etc/resolv.conf")).isEmpty();
    assertThat(fixture.manifest(result).layers()).hasSize(3);
  }

  @Test
  void answersAnUnchangedBuildWithoutRunningAgain() throws Exception {
    String dockerfile = "FROM busybox\nCOPY a /a\nRUN cat /a > /b\n";
    var first = fixture.build(dockerfile, Map.of("a", "1"), new FakePorts.Heard());
    var whole = fixture.build(dockerfile, Map.of("a", "1"), new FakePorts.Heard());
    assertThat(whole.reusedFrom()).isPresent();
    assertThat(whole.image()).isEqualTo(first.image());
    fixture.fakes.records.forgetBuilds();
    var heard = new FakePorts.Heard();
    var again = fixture.build(dockerfile, Map.of("a", "1"), heard);
    assertThat(heard.outcomes()).containsOnly(Outcome.CACHED);
    assertThat(again.image()).isEqualTo(first.image());
  }

  @Test
  void explainsWhichFileChanged() throws Exception {
    String dockerfile = "FROM busybox\nRUN echo first > /first\nCOPY . /src/\nRUN cat /src/a\n";
    fixture.build(dockerfile, Map.of("a", "1", "b", "1"), new FakePorts.Heard());
    var heard = new FakePorts.Heard();
    fixture.build(dockerfile, Map.of("a", "2", "b", "1"), heard);
    assertThat(heard.outcomes())
        .containsExactly(Outcome.CACHED, Outcome.CACHED, Outcome.RAN, Outcome.RAN);
    var miss = heard.finished().get(2).miss().orElseThrow();
    assertThat(miss.reason()).isEqualTo("files-changed");
    assertThat(miss.details()).containsExactly("src/a");
    assertThat(heard.finished().get(3).miss().orElseThrow().reason()).isEqualTo("parent-changed");
  }

  @Test
  void buildsTwoStagesAndCopiesBetweenThem() throws Exception {
    var result =
        fixture.build(
            """
            FROM busybox AS build
            WORKDIR /src
            RUN mkdir -p out/sub && echo bin > out/sub/app && ln out/sub/app out/link
            FROM scratch
            COPY --from=build /src/out /app
            ENTRYPOINT ["/app/sub/app"]
            """,
            Map.of("x", "y"),
            new FakePorts.Heard());
    assertThat(fixture.text(result, "app/sub/app")).isEqualTo("bin\n");
    assertThat(fixture.text(result, "app/link")).isEqualTo("bin\n");
    assertThat(fixture.manifest(result).layers()).hasSize(1);
  }

  @Test
  void tellsTheExitCodeAndThePlace() {
    assertThatThrownBy(() ->
            fixture.build("FROM busybox\nRUN exit 3\n", Map.of("x", "y"), new FakePorts.Heard()))
        .isInstanceOfSatisfying(
            BuildException.class,
            e -> {
              assertThat(e)
                  .hasMessage(
                      "process \"/bin/sh -c exit 3\" did not complete successfully: exit code: 3");
              assertThat(e.code()).isEqualTo("run-exit");
            });
  }

  @Test
  void givesSecretsToOneCommandAndToNothingElse() throws Exception {
    fixture.fakes.secretValues.put("token", "c4n4ry-v4lue");
    var heard = new FakePorts.Heard();
    var result =
        fixture.build(
            """
            FROM busybox
            RUN --mount=type=secret,id=token --mount=type=secret,id=token,env=TOKEN \
                cat /run/secrets/token && echo && echo "$TOKEN" && test "$TOKEN" = c4n4ry-v4lue
            """
                .replace("= c4n4ry-v4lue", "= \"$(cat /run/secrets/token)\""),
            Map.of("x", "y"),
            heard);
    assertThat(heard.log()).contains("****").doesNotContain("c4n4ry-v4lue");
    assertThat(fixture.files(result).lookup("run/secrets")).isEmpty();
    assertThat(
            new String(
                fixture.bytes(fixture.manifest(result).config().digest()),
                java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("c4n4ry");
  }

  @Test
  void keepsCacheMountsBetweenBuildsAndOutOfTheImage() throws Exception {
    String run = "RUN --mount=type=cache,target=/cache echo %s >> /cache/log; cat /cache/log\n";
    var first = new FakePorts.Heard();
    fixture.build("FROM busybox\n" + run.formatted("one"), Map.of("x", "y"), first);
    var second = new FakePorts.Heard();
    var result = fixture.build("FROM busybox\n" + run.formatted("two"), Map.of("x", "y"), second);
    assertThat(first.log()).containsExactly("one");
    assertThat(second.log()).containsExactly("one", "two");
    assertThat(fixture.files(result).lookup("cache")).isEmpty();
  }

  @Test
  void runsOnTwoCachedStepsThatDidTheSame() throws Exception {
    String dockerfile = "FROM busybox\nRUN true\nRUN touch /a; rm /a\nRUN : nothing\n";
    fixture.build(dockerfile, Map.of(), new FakePorts.Heard());
    var heard = new FakePorts.Heard();
    fixture.build(dockerfile + "RUN echo on top\n", Map.of(), heard);
    assertThat(heard.log()).containsExactly("on top");
    assertThat(heard.outcomes()).endsWith(Outcome.CACHED, Outcome.CACHED, Outcome.RAN);
  }

  @Test
  void runsIndependentStagesSideBySide() throws Exception {
    var heard = new FakePorts.Heard();

    fixture.build(
        """
        FROM busybox AS a
        RUN sleep 2; echo a > /a
        FROM busybox AS b
        RUN sleep 2; echo b > /b
        FROM busybox
        COPY --from=a /a /a
        COPY --from=b /b /b
        """,
        Map.of("x", "y"),
        heard);

    // Both commands had begun before one of them ended.
    List<BuildEvent.Body> events = heard.events;
    int firstEnd =
        events.indexOf(
            events.stream()
                .filter(event ->
                    event instanceof BuildEvent.StepFinished step && step.outcome() == Outcome.RAN)
                .findFirst()
                .orElseThrow());
    assertThat(events.subList(0, firstEnd).stream())
        .filteredOn(
            event -> event instanceof BuildEvent.StepStarted step && step.text().startsWith("RUN"))
        .hasSize(2);
  }

  @Test
  void mountsTheContextAndRunsAsAUserWithTheRightEnvironment() throws Exception {
    var heard = new FakePorts.Heard();
    fixture.build(
        """
        FROM busybox
        ARG WHO=me
        USER app
        RUN --mount=target=/src --mount=type=tmpfs,target=/scratch \
            cat /src/a && id && echo "$HOME $WHO" && test -d /scratch && ! touch /src/y
        """,
        Map.of("a", "mounted\n"),
        heard);
    assertThat(heard.log())
        .contains("mounted", "/home/app me")
        .anyMatch(line -> line.startsWith("uid=1000(app) gid=1001(app)"));
  }
}
