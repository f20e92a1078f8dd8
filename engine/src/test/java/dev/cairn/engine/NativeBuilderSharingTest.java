package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.build.BuildEvent.Outcome;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class NativeBuilderSharingTest {
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
  void leavesNothingOfACancelledBuild() throws Exception {
    var request = fixture.request("FROM busybox\nRUN sleep 60\n", Map.of("x", "y"));
    var heard = new FakePorts.Heard();
    var ended = new CompletableFuture<String>();
    Thread build =
        Thread.ofVirtual()
            .start(() -> {
              try {
                fixture.build(request, heard);
                ended.complete("ready");
              } catch (InterruptedException e) {
                ended.complete("cancelled");
              } catch (RuntimeException e) {
                ended.complete(e.toString());
              }
            });
    Thread.sleep(1500);
    build.interrupt();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo("cancelled");
    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(
            directory.resolve("engine/work") + "/", fixture.steps().resolve("roots") + "/");
    assertThat(fixture.steps().resolve("roots")).isEmptyDirectory();
    try (var left = Files.list(directory.resolve("engine/work"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void runsAStepOnceForTwoBuildsThatWantItAtTheSameTime() throws Exception {
    var request =
        fixture.request("FROM busybox\nRUN echo running; sleep 2; date +%N > /when\n", Map.of());
    var first = new FakePorts.Heard();
    var second = new FakePorts.Heard();
    var other =
        CompletableFuture.supplyAsync(() -> {
          try {
            return fixture.build(request, first);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    Thread.sleep(1000);
    var mine = fixture.build(request, second);
    assertThat(mine.image()).isEqualTo(other.get(20, TimeUnit.SECONDS).image());
    assertThat(second.log()).containsExactly("running");
    assertThat(second.outcomes()).containsExactly(Outcome.CACHED, Outcome.SHARED);
  }

  @Test
  void takesAResultWhoseInputsAreEqualThoughAnotherStepMadeThem() throws Exception {
    fixture.build(
        "FROM busybox\nRUN touch -d @1 /tmp; echo x > /x; touch -d @1 /x /\nRUN echo slow > /y\n",
        Map.of(),
        new FakePorts.Heard());
    var heard = new FakePorts.Heard();
    fixture.build(
        "FROM busybox\nRUN printf 'x\\n' > /x; touch -d @1 /x /\nRUN echo slow > /y\n",
        Map.of(),
        heard);
    assertThat(heard.outcomes()).containsExactly(Outcome.CACHED, Outcome.RAN, Outcome.CACHED);
  }

  @Test
  void runsEverythingAgainWhenTheCacheIsOff() throws Exception {
    String dockerfile = "FROM busybox\nRUN echo again\n";
    fixture.build(dockerfile, Map.of(), new FakePorts.Heard());
    var scope = CacheScope.of(BuilderFixture.TENANT, "default");
    var off =
        new CacheOptions(
            Optional.of(scope),
            List.of(scope),
            false,
            Set.of(),
            List.of(),
            List.of(),
            Optional.empty());
    var heard = new FakePorts.Heard();
    fixture.build(fixture.request(dockerfile, Map.of(), off), heard);
    assertThat(heard.log()).containsExactly("again");
    assertThat(heard.finished().getLast().miss().orElseThrow().reason()).isEqualTo("cache-off");
  }

  @Test
  void executesAScriptThatAHeredocBrings() throws Exception {
    var heard = new FakePorts.Heard();
    var result =
        fixture.build(
            """
            FROM busybox
            WORKDIR /srv/app
            RUN <<EOF
            #!/bin/sh
            echo from $0; pwd
            EOF
            RUN <<EOF
            echo plain
            EOF
            COPY <<EOF /note
            hello
            EOF
            """,
            Map.of(),
            heard);
    assertThat(heard.log()).contains("from /dev/pipes/EOF", "/srv/app", "plain");
    assertThat(fixture.text(result, "note")).isEqualTo("hello\n");
    assertThat(fixture.files(result).lookup("dev/pipes")).isEmpty();
  }

  @Test
  void followsOverlaysRulesForRemovedAndReplacedDirectories() throws Exception {
    var result =
        fixture.build(
            """
            FROM busybox
            RUN mkdir -p /d/old /e && echo 1 > /d/old/f && echo 1 > /e/a && ln /e/a /e/b
            RUN rm -rf /d && mkdir /d && echo new > /d/new && chmod 700 /e && touch /tmp/t && rm /tmp/t
            COPY x /d/sub/
            RUN ls /d /d/sub && cat /e/b
            """,
            Map.of("x", "y"),
            new FakePorts.Heard());
    var files = fixture.files(result);
    assertThat(files.lookup("d/old")).isEmpty();
    assertThat(files.lookup("d/new")).isPresent();
    assertThat(files.lookup("d/sub/x")).isPresent();
    assertThat(files.lookup("e").orElseThrow().attributes().mode()).isEqualTo(0700);
    assertThat(fixture.text(result, "e/b")).isEqualTo("1\n");
    assertThat(fixture.manifest(result).layers()).hasSize(5);
  }

  @Test
  void pullsABaseFromARegistryAndKeepsItsLayers() throws Exception {
    Digest base = Objects.requireNonNull(fixture.fakes.images.remove("library/busybox"));
    try (var registry = new TinyRegistry(fixture, base)) {
      String dockerfile = "FROM " + registry.host() + "/base:1\nRUN echo pulled > /p\n";
      var result = fixture.build(dockerfile, Map.of(), new FakePorts.Heard());
      assertThat(fixture.text(result, "p")).isEqualTo("pulled\n");
      assertThat(fixture.manifest(result).layers().getFirst())
          .isEqualTo(Manifest.parse(fixture.bytes(base)).layers().getFirst());
      int blobs = registry.layers();
      fixture.build(dockerfile + "RUN echo more\n", Map.of(), new FakePorts.Heard());
      assertThat(registry.layers()).isEqualTo(blobs);
    }
  }
}
