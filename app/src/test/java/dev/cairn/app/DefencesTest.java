package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The hostile cases can fail: with a defence taken away, each case that names it is found out. A
 * case that stays green without its defence would prove nothing with it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
// Who interrupts a test while it cleans up wants it to end.
@SuppressWarnings("try")
class DefencesTest {
  private Path work;
  private HostileYard yard;

  @BeforeAll
  void lay(@TempDir Path folder) throws IOException, InterruptedException {
    Needed.rootAnd("runc", "gcc", "ip", "jq", "nft", "setpriv");
    work = folder;
    yard = HostileYard.lay(folder);
  }

  @AfterAll
  void clear() {
    if (yard != null) {
      yard.close();
    }
  }

  @TestFactory
  @Tag("all")
  Stream<DynamicTest> everyDefenceIsMissed() {
    Pattern only = Pattern.compile(System.getProperty("cairn.defence", ""));
    return Defence.all().stream()
        .filter(each -> only.matcher(each.word()).find())
        .map(each -> dynamicTest(each.word(), () -> isMissed(each)));
  }

  private void isMissed(Defence defence) throws Exception {
    List<HostileCase> cases =
        HostileCase.all().stream().filter(each -> each.defences().contains(defence)).toList();
    assertThat(cases).as("cases that name " + defence.word()).isNotEmpty();
    HostileGround ground = defence.ground();
    Path place = work.resolve(defence.word());
    Path runtime = TestRuntime.without(defence, work, place.resolve("data"));
    List<String> options = ground.serveOptionsWith(runtime);
    Map<String, List<String>> found = new LinkedHashMap<>();
    try (var bench = HostileBench.start(ground, yard, place, options.toArray(String[]::new))) {
      for (HostileCase each : cases) {
        found.put(each.id(), bench.run(each, place.resolve(each.id())));
      }
    }
    found.forEach((id, all) ->
        assertThat(all)
            .as(id + " without " + defence.word() + " must be found out")
            .anyMatch(DefencesTest::isFoundOut));
  }

  /** Something got out; that a build ended otherwise than expected would not be enough. */
  private static boolean isFoundOut(String finding) {
    return finding.startsWith("ESCAPED")
        || finding.contains("canary")
        || finding.contains("foreign process")
        || finding.startsWith("this machine")
        || finding.startsWith("another machine");
  }

  @TestFactory
  @Tag("all")
  Stream<DynamicTest> theGroundIsMissed() {
    return Stream.of(
        dynamicTest(
            "nosuid,nodev",
            () ->
                groundWithout(
                    engine ->
                        Commands.succeed(work, "mount", "-o", "remount,bind,suid,dev", engine),
                    "gives rights on the host",
                    "is a device on the host")),
        dynamicTest(
            "0700",
            () ->
                groundWithout(
                    engine -> Commands.succeed(work, "chmod", "-R", "a+rx", engine),
                    "every user may look into")));
  }

  /** Takes something away from the ground of a running server. */
  @FunctionalInterface
  private interface Removal {
    void from(String engine) throws IOException, InterruptedException;
  }

  private void groundWithout(Removal removal, String... findings) throws Exception {
    var ground = new HostileGround(HostileGround.Rung.PLAIN, HostileGround.Network.NONE);
    Path place = work.resolve("ground-" + findings[0].replace(' ', '-'));
    HostileCase leaves =
        HostileCase.all().stream()
            .filter(each -> each.id().equals(HostileTest.LEAVES))
            .findFirst()
            .orElseThrow();
    try (var bench = HostileBench.start(ground, yard, place)) {
      assertThat(bench.run(leaves, place.resolve("leaves"))).isEmpty();
      assertThat(HostGround.examined(bench.server())).isEmpty();
      removal.from(bench.server().data().resolve("engine").toString());
      assertThat(HostGround.examined(bench.server()))
          .allMatch(finding -> Stream.of(findings).anyMatch(finding::contains))
          .isNotEmpty();
      bench.leave();
    }
  }
}
