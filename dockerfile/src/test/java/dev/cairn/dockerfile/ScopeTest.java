package dev.cairn.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.dockerfile.value.PlatformName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ScopeTest {
  private static final Map<String, String> GIVEN =
      Map.of("GIVEN", "$raw", "EMPTY", "", "http_proxy", "p");

  private static Scope walk(String text, Map<String, String> base) {
    var file = Dockerfile.parse("Dockerfile", text);
    var arguments =
        new BuildArguments(
            GIVEN,
            PlatformName.LINUX_AMD64,
            PlatformName.parse("linux/arm64"),
            Optional.of("goal"));
    var graph = StageGraph.of(file, arguments, Set.of());
    var scope = Scope.ofImage('\\', graph.globals(), base, "");
    graph.instructions(0).forEach(scope::apply);
    return scope;
  }

  // X.snapshot A.multi A.expand A.empty A.quote
  @Test
  void wordsSeeTheScopeBeforeThem() {
    var scope =
        walk(
            "FROM x\nENV abc=hello\nENV abc=bye def=$abc\nARG A=1 B=$A GIVEN=no EMPTY=x Q='$x'",
            Map.of());
    assertThat(scope.environment())
        .containsEntry("def", "hello")
        .containsEntry("PATH", Scope.DEFAULT_PATH)
        .doesNotContainKey("A");
    assertThat(scope.runEnvironment())
        .containsEntry("B", "1")
        .containsEntry("GIVEN", "$raw")
        .containsEntry("EMPTY", "")
        .containsEntry("Q", "$x");
  }

  // A.global A.platform A.targetstage A.run
  @Test
  void globalsNeedRedeclaration() {
    var scope =
        walk(
            "ARG G=1\nARG H=${G}2\nFROM x\nARG H\nARG G=own TARGETARCH\nARG TARGETOS=mine NONE"
                + " TARGETSTAGE",
            Map.of());
    assertThat(scope.runEnvironment())
        .containsEntry("H", "12")
        .containsEntry("G", "own")
        .containsEntry("TARGETARCH", "arm64")
        .containsEntry("TARGETOS", "mine")
        .containsEntry("TARGETSTAGE", "goal")
        .doesNotContainKeys("NONE", "TARGETPLATFORM");
  }

  // A.precedence
  @Test
  void theLaterOfEnvAndArgWins() {
    var scope = walk("FROM x\nENV A=env\nARG A=arg\nARG B=arg\nENV B=env", Map.of());
    assertThat(scope.runEnvironment()).containsEntry("A", "arg").containsEntry("B", "env");
    assertThat(scope.environment()).containsEntry("A", "env").containsEntry("B", "env");
  }

  // I.ENV
  @Test
  void overridingKeepsThePosition() {
    var base = new java.util.LinkedHashMap<String, String>();
    base.put("A", "1");
    base.put("PATH", "/b");
    assertThat(walk("FROM x\nENV N=1 A=2", base).environment().keySet())
        .containsExactly("A", "PATH", "N");
  }

  // A.proxy
  @Test
  void proxiesComeInBothCases() {
    var arguments =
        new BuildArguments(
            GIVEN, PlatformName.LINUX_AMD64, PlatformName.LINUX_AMD64, Optional.empty());
    assertThat(arguments.proxies()).containsOnlyKeys("http_proxy", "HTTP_PROXY");
  }

  // M.csv M.expand M.target M.cache M.cache-owner M.tmpfs M.secret M.secret-env M.ssh M.bind-rw
  @Test
  void readsMounts() {
    var file =
        Dockerfile.parse(
            "f",
            "FROM x\nWORKDIR /w\nENV D=dir\nRUN --mount=target=$D,rw --mount=type=cache,dst=./c/"
                + ",sharing=LOCKED,mode=700,uid=5,ro --mount=type=tmpfs,target=/t,size=1m"
                + " --mount=type=secret,id=a/b,env=E --mount=type=secret,target=/k/s,required"
                + " --mount='type=bind,from=img,\"target=/a,b\",source=../q' --mount=type=ssh x");
    var scope = Scope.ofImage('\\', Globals.of(file, BuildArguments.NONE), Map.of(), "");
    file.stages().getFirst().instructions().forEach(scope::apply);
    var run = (Instruction.Run) file.stages().getFirst().instructions().getLast();
    assertThat(scope.mounts(run))
        .containsExactly(
            new Mount.Bind(Optional.empty(), "/", "/w/dir", true),
            new Mount.Cache(
                "c",
                "/w/c",
                Mount.Sharing.LOCKED,
                true,
                Optional.empty(),
                "/",
                new Mount.Owner(0700, 5, 0)),
            new Mount.Tmpfs("/t", java.util.OptionalLong.of(1 << 20), false),
            new Mount.Secret(
                "a/b", Optional.empty(), Optional.of("E"), false, new Mount.Owner(0400, 0, 0)),
            new Mount.Secret(
                "s", Optional.of("/k/s"), Optional.empty(), true, new Mount.Owner(0400, 0, 0)),
            new Mount.Bind(Optional.of("img"), "/q", "/a,b", false),
            new Mount.Ssh("default", Optional.empty(), false, new Mount.Owner(0600, 0, 0)));
  }

  // F.inherit F.reach F.shadow F.scratch F.copy-image F.duplicate N.stage N.image I.ONBUILD
  @Test
  void resolvesStages() {
    var file =
        Dockerfile.parse(
            "f",
            ("FROM scratch AS a|ONBUILD ENV T=1|FROM a AS b|FROM y AS unused"
                    + "|FROM docker.io/library/z:latest AS c|COPY --from=B / /"
                    + "|RUN --mount=from=img,target=/x true|FROM A")
                .replace('|', '\n'));
    var graph = StageGraph.of(file, BuildArguments.NONE, Set.of("z", "unused"));
    assertThat(graph.base(0).upstream()).isEqualTo(new Upstream.Scratch());
    assertThat(graph.base(2).upstream()).isEqualTo(new Upstream.OfContext("unused"));
    assertThat(graph.upstreams(3))
        .containsExactly(
            new Upstream.OfContext("z"), new Upstream.OfStage(1), new Upstream.OfImage("img"));
    assertThat(graph.instructions(1)).hasOnlyElementsOfType(Instruction.Env.class).hasSize(1);
    assertThat(graph.needed(graph.target(Optional.of("C"))))
        .extracting(Stage::index)
        .containsExactly(0, 1, 3);
    assertThat(graph.needed(graph.target(Optional.empty())))
        .extracting(Stage::index)
        .containsExactly(0, 4);
    assertThat(graph.withTriggers(3, List.of("USER u")).instructions(3)).hasSize(3);
  }
}
