package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildResult;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Limits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a build may take, and what is said when it takes more. */
@Tag("slow")
class NativeBuilderLimitsTest {
  private static final long MIB = 1 << 20;

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

  private BuildResult build(String dockerfile, Limits limits, FakePorts.Heard heard)
      throws Exception {
    return fixture.build(fixture.request(dockerfile, Map.of("x", "y")), limits, heard);
  }

  private BuildException failing(String dockerfile, Limits limits) {
    return catchThrowableOfType(
        BuildException.class, () -> build(dockerfile, limits, new FakePorts.Heard()));
  }

  private static Limits disk(long mib) {
    return BuilderFixture.limits(0, mib * MIB, 0, 0);
  }

  private void reachesTheDiskLimit(String dockerfile) {
    BuildException failure = failing(dockerfile, disk(64));
    assertThat(failure).hasMessageContaining("disk limit 64 MiB reached");
    assertThat(failure.code()).isEqualTo("disk-limit");
    assertThat(failure.kind()).isEqualTo(FailureKind.LIMIT);
  }

  @Test
  void stopsAtTheDiskLimitOneFile() {
    reachesTheDiskLimit("FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count=200; exit 0\n");
  }

  @Test
  void stopsAtTheDiskLimitManyFiles() {
    reachesTheDiskLimit(
        "FROM busybox\nRUN i=0; while true; do dd if=/dev/zero of=/f$i bs=1M count=4 2>/dev/null;"
            + " i=$((i+1)); done\n");
  }

  @Test
  void stopsAtTheDiskLimitFilesWithoutNames() {
    reachesTheDiskLimit(
        "FROM busybox\nRUN dd if=/dev/zero of=/part bs=1M count=20 2>/dev/null;"
            + " for fd in 3 4 5 6; do eval \"exec $fd>/gone\"; rm /gone; cat /part >&$fd; done;"
            + " sleep 30; exit 0\n");
  }

  @Test
  void stopsAtTheDiskLimitInACacheMount() {
    reachesTheDiskLimit(
        "FROM busybox\nRUN --mount=type=cache,target=/c for i in 1 2 3 4 5; do"
            + " dd if=/dev/zero of=/c/f$i bs=1M count=20; done\n");
  }

  @Test
  void stopsAtTheDiskLimitInAWritableBind() {
    reachesTheDiskLimit(
        "FROM busybox\nRUN --mount=type=bind,target=/c,rw for i in 1 2 3 4 5; do"
            + " dd if=/dev/zero of=/c/f$i bs=1M count=20; done\n");
  }

  @Test
  void countsAllStepsOfABuildTogether() {
    String step = "RUN dd if=/dev/zero of=/f1 bs=1M count=40\n";
    reachesTheDiskLimit("FROM busybox\n" + step + step.replace("f1", "f2"));
  }

  @Test
  void forgetsWhatAStepRemovedAgain() throws Exception {
    String step = "RUN dd if=/dev/zero of=/f bs=1M count=40 && rm /f && echo ";
    var result =
        build("FROM busybox\n" + step + "1\n" + step + "2\n", disk(64), new FakePorts.Heard());
    assertThat(fixture.files(result).lookup("f")).isEmpty();
  }

  /** Sparse, so no meter sees it: only the limit of a file's length does. */
  @Test
  void writesNoFileLongerThanTheDiskLimit() {
    assertThat(
            failing("FROM busybox\nRUN dd if=/dev/zero of=/x bs=1M count=1 seek=100\n", disk(64)))
        .isNotNull();
  }

  @Test
  void stopsAtTheInodeLimit() {
    BuildException failure =
        failing(
            "FROM busybox\nRUN mkdir /d; i=0; while true; do : > /d/$i; i=$((i+1)); done\n",
            BuilderFixture.limits(0, 0, 2000, 0));
    assertThat(failure).hasMessageContaining("inode limit 2000 reached");
    assertThat(failure.code()).isEqualTo("inode-limit");
  }

  @Test
  void stopsABuildBeforeTheMachinesDiskIsFull() throws Exception {
    Path small = java.nio.file.Files.createDirectory(directory.resolve("small"));
    mount("mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", small.toString());
    try (var other = new BuilderFixture(small)) {
      var request =
          other.request(
              "FROM busybox\nRUN i=0; while true; do dd if=/dev/zero of=/f$i bs=1M count=1"
                  + " 2>/dev/null || exit 7; i=$((i+1)); sleep 0.005; done\n",
              Map.of("x", "y"));
      var failure =
          catchThrowableOfType(
              BuildException.class,
              () -> other.build(request, Limits.DEFAULT, new FakePorts.Heard()));
      assertThat(failure).hasMessageContaining("the server's disk is nearly full");
      assertThat(failure.code()).isEqualTo("disk-full");
    } finally {
      mount("umount", "--lazy", small.toString());
    }
  }

  private static void mount(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void saysWhichMemoryLimitKilledAChildWhateverTheExitCode() {
    BuildException failure =
        failing(
            "FROM busybox\nRUN tail /dev/zero; exit 3\n", BuilderFixture.limits(64 * MIB, 0, 0, 0));
    assertThat(failure)
        .hasMessageContaining("exit code: 3: a process was killed: memory limit 64 MiB");
    assertThat(failure.code()).isEqualTo("memory-limit");
    assertThat(failure.kind()).isEqualTo(FailureKind.LIMIT);
  }

  @Test
  void warnsOfAKillThatTheStepWentOnAfter() throws Exception {
    var heard = new FakePorts.Heard();
    build(
        "FROM busybox\nRUN tail /dev/zero; exit 0\n",
        BuilderFixture.limits(64 * MIB, 0, 0, 0),
        heard);
    assertThat(warnings(heard)).anyMatch(w -> w.contains("memory limit 64 MiB"));
  }

  @Test
  void saysThatTheLimitOfProcessesWasReached() throws Exception {
    String many =
        "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27"
            + " 28 29 30 31 32 33 34 35 36 37 38 39 40; do sleep 5 & done; ";
    Limits limits = BuilderFixture.limits(0, 0, 0, 32);
    BuildException failure = failing("FROM busybox\nRUN " + many + "exit 4\n", limits);
    assertThat(failure).hasMessageContaining("processes limit 32 reached");
    assertThat(failure.code()).isEqualTo("process-limit");

    var heard = new FakePorts.Heard();
    build("FROM busybox\nRUN (" + many + "); exit 0\n", limits, heard);
    assertThat(warnings(heard)).anyMatch(w -> w.contains("processes limit 32 reached"));
  }

  @Test
  void tellsWhatWasUsedAtMost() throws Exception {
    var result =
        build(
            """
            FROM busybox
            RUN dd if=/dev/zero of=/f bs=1M count=10 && rm /f
            RUN dd if=/dev/zero of=/g bs=1M count=8 && (sleep 0.1 & sleep 0.1 & wait)
            """,
            Limits.DEFAULT,
            new FakePorts.Heard());
    var figures = result.usage().figures();
    assertThat(figures.get("peakDiskBytes")).isBetween(8 * MIB, 20 * MIB);
    assertThat(figures.get("peakInodes")).isBetween(1L, 20L);
    assertThat(figures.get("peakProcesses")).isBetween(3L, 100L);
    assertThat(result.usage().cpuNanoseconds()).isPositive();
    assertThat(result.usage().peakMemoryBytes()).isPositive();
  }

  /** Who reached a limit wants to know how much it was. */
  @Test
  void tellsWhatAFailedBuildHadTaken() {
    var heard = new FakePorts.Heard();

    assertThatThrownBy(() ->
            build(
                """
                FROM busybox
                RUN echo 1 > /f
                RUN dd if=/dev/zero of=/g bs=1M count=8 && exit 3
                """,
                Limits.DEFAULT,
                heard))
        .isInstanceOf(BuildException.class);

    assertThat(heard.taken).hasSize(1);
    BuildResult.Usage taken = heard.taken.getFirst();
    assertThat(taken.stepsRun()).isEqualTo(1);
    assertThat(taken.cpuNanoseconds()).isPositive();
    assertThat(taken.peakMemoryBytes()).isPositive();
    assertThat(taken.figures().get("peakDiskBytes")).isBetween(8 * MIB, 20 * MIB);

    var refused = new FakePorts.Heard();
    assertThatThrownBy(() -> build("FROM busybox\nNONSENSE\n", Limits.DEFAULT, refused))
        .isInstanceOf(BuildException.class);
    assertThat(refused.taken).as("no step had begun").isEmpty();
  }

  @Test
  void keepsHeadAndTailOfAFloodAndGoesOn() throws Exception {
    var heard = new FakePorts.Heard();
    build(
        "FROM busybox\nRUN echo first; busybox yes | head -c 40000000; echo last\n",
        Limits.DEFAULT,
        heard);
    List<String> log = heard.log();
    assertThat(log.getFirst()).isEqualTo("first");
    assertThat(log.getLast()).isEqualTo("last");
    assertThat(log.size()).isBetween(1000, 150_000);
    assertThat(warnings(heard)).anyMatch(w -> w.contains("lines of the step's output"));
  }

  @Test
  void cutsALineWithoutAnEndAndTakesAnyBytes() throws Exception {
    var heard = new FakePorts.Heard();
    build(
        "FROM busybox\nRUN dd if=/dev/zero bs=1M count=30 2>/dev/null;"
            + " dd if=/dev/urandom bs=64k count=20 2>/dev/null\n",
        Limits.DEFAULT,
        heard);
    assertThat(heard.log()).allMatch(line -> line.length() <= 16 << 10);
    assertThat(heard.log().stream().mapToLong(String::length).sum()).isBetween(4 * MIB, 9 * MIB);
  }

  private static List<String> warnings(FakePorts.Heard heard) {
    return heard.events.stream()
        .filter(BuildEvent.Warning.class::isInstance)
        .map(event -> ((BuildEvent.Warning) event).sentence())
        .toList();
  }
}
