package dev.cairn.linux.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.linux.cgroup.Cgroup;
import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.cgroup.CgroupShare;
import dev.cairn.linux.cgroup.Cgroups;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.DiffEntry;
import dev.cairn.linux.mount.MountTable;
import dev.cairn.linux.mount.OverlayDiff;
import dev.cairn.linux.mount.OverlayLayers;
import dev.cairn.linux.mount.OverlayMount;
import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.mount.StubLayer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Real containers in a tree made of busybox. */
@Tag("slow")
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"PLAIN", "USER_NAMESPACE", "GVISOR"})
class SandboxTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final String PREFIX = "cairn-test-" + ProcessHandle.current().pid();

  @TempDir Path temp;
  private final IsolationRung rung;
  private Owners owners;
  private Owners.View laid;
  private SandboxSettings settings;
  private Sandbox sandbox;
  private Path base;
  private OverlayMount view;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  SandboxTest(IsolationRung rung) {
    this.rung = rung;
  }

  @BeforeEach
  void open() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "needs /bin/busybox (busybox-static)");
    assumeTrue(
        OciRuntime.find("runc").isPresent() || OciRuntime.find("crun").isPresent(),
        "needs runc or crun");
    assumeTrue(rung != IsolationRung.GVISOR || OciRuntime.find("runsc").isPresent(), "needs runsc");
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx--x--x"));
    settings =
        SandboxSettings.in(temp.resolve("sandbox"), temp)
            .withPrefix(PREFIX)
            .withRuntimes(List.of("crun", "runc", "runsc"))
            .withRungs(SandboxSettings.Rungs.only(rung));
    sandbox = Sandbox.open(settings);
    owners = sandbox.owners(temp);
    laid = owners.lay();
    base = temp.resolve("base");
    try (var root = Directory.open(Files.createDirectory(base))) {
      root.setMode("", 0755);
      for (var directory : List.of("bin", "etc", "root", "usr/bin")) {
        root.makeDirectories(directory, 0755);
      }
      root.makeDirectory("tmp", 01777);
      Files.copy(BUSYBOX, base.resolve("bin/busybox"));
      root.setMode("bin/busybox", 0755);
      for (var name :
          List.of("sh", "true", "cat", "sleep", "mknod", "id", "ls", "tail", "mount", "rm", "dd")) {
        root.symlink("bin/" + name, "busybox");
      }
      root.create("etc/plain", 0644).close();
    }
    view = mount();
  }

  private OverlayMount mount() throws IOException {
    new StubLayer(List.of(new StubLayer.Target("/run/secrets/token", false)))
        .writeTo(temp.resolve("stub"));
    for (var name : List.of("upper", "work", "view")) {
      Files.createDirectory(
          temp.resolve(name),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    return OverlayMount.mount(
        OverlayLayers.writable(
            List.of(temp.resolve("stub"), base), temp.resolve("upper"), temp.resolve("work")),
        temp.resolve("view"),
        Set.of(),
        owners);
  }

  @AfterEach
  void close() throws IOException {
    if (view != null) {
      view.close();
      laid.close();
      sandbox.sweep(List.of(temp));
      assertThat(MountTable.read().below(temp)).isEmpty();
      sandbox.close();
    }
  }

  /** What gVisor does otherwise, said by docs/isolation.md. */
  private void notOnGvisor(String why) {
    assumeTrue(rung != IsolationRung.GVISOR, why);
  }

  private SandboxSpec spec(String script) {
    return spec(List.of("sh", "-c", script));
  }

  private SandboxSpec spec(List<String> argv) {
    var environment = new LinkedHashMap<>(Map.of("PATH", "/bin"));
    return new SandboxSpec(
        temp.resolve("view"),
        new SandboxSpec.Command(argv, environment, "/", ProcessIdentity.ROOT),
        List.of(),
        SandboxSpec.Surroundings.NO_NETWORK,
        Optional.empty(),
        CgroupLimits.NONE,
        Duration.ofSeconds(60));
  }

  private static SandboxSpec with(SandboxSpec s, List<SandboxMount> mounts, Duration timeout) {
    return new SandboxSpec(
        s.rootfs(), s.command(), mounts, s.surroundings(), s.cgroup(), s.limits(), timeout);
  }

  private static SandboxSpec with(SandboxSpec s, Optional<Cgroup> group, CgroupLimits limits) {
    return new SandboxSpec(
        s.rootfs(), s.command(), s.mounts(), s.surroundings(), group, limits, s.timeout());
  }

  private SandboxResult run(SandboxSpec spec) throws Exception {
    return sandbox.run(
        spec, (bytes, n) -> out.write(bytes, 0, n), (bytes, n) -> err.write(bytes, 0, n));
  }

  private List<String> changes() throws IOException {
    var changes = new ArrayList<String>();
    try (var upper = Directory.open(temp.resolve("upper"))) {
      new OverlayDiff(upper)
          .forEach(entry ->
              changes.add(
                  switch (entry) {
                    case DiffEntry.Present p -> "+" + p.path() + (p.opaque() ? "!" : "");
                    case DiffEntry.Deleted d -> "-" + d.path();
                  }));
    }
    return changes;
  }

  /** Processes of this test's containers that are still alive. */
  private static List<String> survivors(String mark) throws IOException {
    var found = new ArrayList<String>();
    try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : all) {
        try {
          var line = Files.readString(process.resolve("cmdline"), UTF_8);
          if (line.contains(mark) && !line.contains("java")) {
            found.add(process.getFileName() + " " + line.replace('\0', ' '));
          }
        } catch (IOException e) {
          found.remove("");
        }
      }
    }
    return found;
  }

  @Test
  void trueLeavesTheUpperDirectoryEmpty() throws Exception {
    var result = run(spec(List.of("true")));
    assertThat(result.problem()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.succeeded()).isTrue();
    assertThat(result.rung()).isEqualTo(rung);
    assertThat(changes()).isEmpty();
  }

  @Test
  void reportsExitCodesAndBothOutputs() throws Exception {
    var result = run(spec("echo one; echo two >&2; exit 7"));
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.startFailed()).isFalse();
    assertThat(out).asString().isEqualTo("one\n");
    assertThat(err).asString().isEqualTo("two\n");
  }

  @Test
  void givesMuchOutputWhole() throws Exception {
    var result = run(spec("dd if=/dev/zero bs=1024 count=20000 2>/dev/null"));
    assertThat(result.exitCode()).isZero();
    assertThat(out.size()).isEqualTo(20_000 * 1024);
  }

  @Test
  void saysWhichProgramIsMissing() throws Exception {
    assertThat(run(spec(List.of("nothing"))).exitCode()).isEqualTo(127);
    assertThat(run(spec(List.of("/no/such"))).exitCode()).isEqualTo(127);
    var plain = run(spec(List.of("/etc/plain")));
    assertThat(plain.exitCode()).isEqualTo(126);
    assertThat(plain.startFailed()).isTrue();
    assertThat(plain.problem()).get().asString().contains("/etc/plain");
  }

  @Test
  void reportsChangesAndDeletions() throws Exception {
    run(spec("rm /etc/plain; echo x > /root/x; rm -r /usr; mkdir -p /usr/bin; ln /root/x /root/y"));
    assertThat(changes())
        .isEqualTo(
            List.of("+etc", "-etc/plain", "+root", "+root/x", "+root/y", "+usr!", "+usr/bin"));
  }

  @Test
  void looksLikeDockerFromInside() throws Exception {
    notOnGvisor("it filters and masks in a kernel of its own");
    var result =
        run(
            spec(
                "cat /proc/self/status | while read k v; do case $k in CapEff:|Seccomp:|NoNewPrivs:)"
                    + " echo $k $v;; esac; done; cat /proc/sys/kernel/hostname;"
                    + " cat </dev/stdin; echo x > /proc/sys/kernel/hostname; mount -t tmpfs t /tmp;"
                    + " mknod /tmp/null c 1 3 && echo made; ls /proc/acpi; ls /dev/shm /dev/pts/ptmx;"
                    + " echo x > /sys/kernel/x"));
    assertThat(result.problem()).isEmpty();
    assertThat(out.toString(UTF_8))
        .contains("CapEff: 00000000a80425fb", "Seccomp: 2", "NoNewPrivs: 0", "buildkitsandbox")
        .contains("/dev/pts/ptmx");
    // No kernel lets the root of a user namespace make a device.
    assertThat(out.toString(UTF_8).contains("made")).isEqualTo(rung == IsolationRung.PLAIN);
    assertThat(err.toString(UTF_8)).contains("Read-only file system", "mount");
  }

  @Test
  void endsWithItsMainProcessThoughAChildKeepsTheOutput() throws Exception {
    long start = System.nanoTime();
    var result = run(spec("sleep 54321 & echo started"));
    assertThat(result.exitCode()).isZero();
    assertThat(out).asString().isEqualTo("started\n");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(survivors("54321")).isEmpty();
  }

  @Test
  void killsAtTheTimeoutWhateverIsIgnored() throws Exception {
    long start = System.nanoTime();
    var script = "trap '' TERM INT HUP; (trap '' TERM; sleep 54322) & while true; do sleep 1; done";
    var result = run(with(spec(script), List.of(), Duration.ofMillis(700)));
    assertThat(result.timedOut()).isTrue();
    assertThat(result.succeeded()).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2700));
    assertThat(survivors("54322")).isEmpty();
  }

  @Test
  void killsAForkBombInTime() throws Exception {
    var limits = CgroupLimits.NONE.withProcesses(64);
    var bomb = spec("trap '' TERM; f() { f | f & }; while true; do f; done");
    var limited = with(bomb, Optional.empty(), limits);
    long start = System.nanoTime();
    var result = run(with(limited, List.of(), Duration.ofSeconds(1)));
    assertThat(result.timedOut() || result.exitCode() != 0).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void anInterruptKillsTheStepWithinTwoSeconds() throws Exception {
    var running = new CountDownLatch(1);
    var ended = new CompletableFuture<Throwable>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                sandbox.run(
                    spec("trap '' TERM; echo up; sleep 54323; sleep 54323"),
                    (bytes, n) -> running.countDown(),
                    OutputSink.discard());
                ended.complete(new AssertionError("the step was not killed"));
              } catch (Exception e) {
                ended.complete(e);
              }
            });
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
    long start = System.nanoTime();
    // Again and again, so that the clean-up is hit as well.
    while (!ended.isDone() && System.nanoTime() - start < 10_000_000_000L) {
      thread.interrupt();
      Thread.sleep(1);
    }
    assertThat(ended.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    assertThat(survivors("54323")).isEmpty();
    assertThat(settings.bundles()).isEmptyDirectory();
    try (var left = Files.list(settings.runtimeRoot())) {
      // gVisor leaves the files that it locks.
      assertThat(left).allMatch(file -> file.toString().endsWith(".lock"));
    }
  }

  @Test
  void aSinkThatFailsEndsTheStep() {
    assertThatThrownBy(() ->
            sandbox.run(
                spec("echo x; sleep 54324"),
                (bytes, n) -> {
                  throw new IOException("disk full");
                },
                OutputSink.discard()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("disk full");
  }

  @Test
  void reportsAKillForWantOfMemoryEvenIfTheStepGoesOn() throws Exception {
    notOnGvisor("its kernel in user space counts for itself");
    var limits = CgroupLimits.NONE.withMemory(64 << 20);
    var result = run(with(spec("tail /dev/zero; exit 0"), Optional.empty(), limits));
    assertThat(result.oomKilled()).isTrue();
    assertThat(result.exitCode()).isZero();
    assertThat(result.peakMemoryBytes()).isGreaterThan(32 << 20);
  }

  @Test
  void theBuildsGroupLimitsItsSteps() throws Exception {
    notOnGvisor("its kernel in user space counts for itself");
    try (var group =
        sandbox.cgroups().create("build", CgroupLimits.NONE.withMemory(64 << 20).withCpus(1.5))) {
      var result = run(with(spec("tail /dev/zero; exit 0"), Optional.of(group), CgroupLimits.NONE));
      assertThat(result.oomKilled()).isTrue();
      assertThat(group.usage().cpu()).isPositive();
      assertThat(group.processes()).isEmpty();
    }
  }

  @Test
  void reportsProcessesThatCouldNotBeMade() throws Exception {
    notOnGvisor("its kernel in user space counts for itself");
    var limits = CgroupLimits.NONE.withProcesses(24);
    var script =
        "for i in 1 2 3 4 5 6 7 8; do (sleep 1 & sleep 1 & sleep 1 & sleep 1) & done; wait";
    try (var group = sandbox.cgroups().create("build", limits)) {
      var refused = run(with(spec(script), Optional.of(group), CgroupLimits.NONE));
      assertThat(refused.processesRefused()).isTrue();
      assertThat(group.usage().peakProcesses()).isBetween(2L, 30L);
      var next = run(with(spec("true"), Optional.of(group), CgroupLimits.NONE));
      assertThat(next.processesRefused()).isFalse();
    }
  }

  @Test
  void diesBeforeTheServiceWhenTheMachineHasNoMemory() throws Exception {
    notOnGvisor("its kernel in user space counts for itself");
    run(spec("cat /proc/self/oom_score_adj"));
    assertThat(out).asString().isEqualTo("500\n");
  }

  @Test
  void limitsAllBuildsTogether() throws Exception {
    notOnGvisor("its kernel in user space counts for itself");
    var share = new CgroupShare(25, OptionalLong.of(64 << 20), OptionalLong.of(40));
    sandbox.cgroups().limitAll(share);
    try (var group = sandbox.cgroups().create("build", CgroupLimits.NONE)) {
      var hog = run(with(spec("tail /dev/zero; exit 0"), Optional.of(group), CgroupLimits.NONE));
      assertThat(hog.oomKilled()).isTrue();
      assertThat(group.usage().memoryHits()).isZero();
      var script =
          "for i in 1 2 3 4 5 6 7 8; do (sleep 1 & sleep 1 & sleep 1 & sleep 1 &"
              + " sleep 1) & done; wait";
      run(with(spec(script), Optional.of(group), CgroupLimits.NONE));
      assertThat(group.usage().peakProcesses()).isLessThan(48);
    }
  }

  @Test
  void seesTheBytesOfFilesThatHaveNoName() throws Exception {
    try (var group = sandbox.cgroups().create("build", CgroupLimits.NONE)) {
      var seen = new CompletableFuture<Long>();
      sandbox.run(
          with(
              spec(
                  "exec 3>/root/x; rm /root/x; dd if=/dev/zero bs=1M count=5 >&3 2>/dev/null;"
                      + " dd if=/dev/zero of=/dev/shm/y bs=1M count=1 2>/dev/null;"
                      + " exec 4</dev/shm/y; rm /dev/shm/y; echo up; sleep 1"),
              Optional.of(group),
              CgroupLimits.NONE),
          (bytes, n) -> seen.complete(group.deletedFileBytes()),
          OutputSink.discard());
      assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(5L << 20);
      assertThat(group.deletedFileBytes()).isZero();
    }
  }

  @Test
  void aSecretIsReadableByItsOwnerAndNeverInTheLayer() throws Exception {
    try (var secret = new SecretBytes("hunter2".getBytes(UTF_8))) {
      var mount = new SandboxMount.Content("/run/secrets/token", secret, 0, 0, 0400);
      assertThat(mount.toString()).doesNotContain("hunter2");
      var step = spec("cat /run/secrets/token; echo x 2>/dev/null > /run/secrets/token");
      run(with(step, List.of(mount), Duration.ofSeconds(20)));
    }
    assertThat(out).asString().isEqualTo("hunter2");
    assertThat(changes()).isEmpty();
  }

  @Test
  void bindsDirectoriesAndOtherUsers() throws Exception {
    var cache = Files.createDirectory(temp.resolve("cache"));
    var step = spec("echo kept > /tmp/f; echo $(id -u) $(id -g) $(id -G)");
    var command =
        new SandboxSpec.Command(
            step.command().argv(),
            step.command().environment(),
            "/",
            new ProcessIdentity(0, 12, List.of(13)));
    var spec =
        new SandboxSpec(
            step.rootfs(),
            command,
            List.of(SandboxMount.Bind.writable(owners.shown(cache), "/tmp")),
            step.surroundings(),
            Optional.empty(),
            CgroupLimits.NONE,
            Duration.ofSeconds(20));
    assertThat(run(spec).problem()).isEmpty();
    assertThat(out).asString().isEqualTo("0 12 12 13\n");
    assertThat(cache.resolve("f")).hasContent("kept");
    assertThat(changes()).isEmpty();
  }

  @Test
  void sweepsWhatAKilledRuntimeLeft() throws Exception {
    var up = new CountDownLatch(1);
    var ended = new CompletableFuture<SandboxResult>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            ended.complete(
                sandbox.run(
                    spec("trap '' TERM; echo up; sleep 54325"),
                    (bytes, n) -> up.countDown(),
                    OutputSink.discard()));
          } catch (Exception e) {
            ended.completeExceptionally(e);
          }
        });
    assertThat(up.await(20, TimeUnit.SECONDS)).isTrue();
    sandbox.sweep(List.of(temp));
    assertThat(survivors("54325")).isEmpty();
    assertThat(MountTable.read().below(temp)).isEmpty();
    assertThat(ended.handle((r, e) -> true).get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Cgroups.detect(PREFIX).mode()).isNotNull();
    assertThat(Path.of("/sys/fs/cgroup/memory", PREFIX)).doesNotExist();
  }

  @Test
  void sweepsWhatACrashedServiceLeft() throws Exception {
    var service =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashedService.class.getName(),
                settings.directory().toString(),
                PREFIX,
                temp.resolve("view").toString(),
                rung.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = service.inputReader()) {
      assertThat(output.readLine()).isEqualTo("up");
      service.destroyForcibly().waitFor();
      // gVisor's processes are none of the machine's.
      assertThat(survivors(rung == IsolationRung.GVISOR ? PREFIX : "54326")).isNotEmpty();
      sandbox.sweep(List.of(temp));
      assertThat(survivors("54326")).isEmpty();
      assertThat(survivors(settings.directory().toString())).isEmpty();
      assertThat(MountTable.read().below(temp)).isEmpty();
      assertThat(settings.bundles()).isEmptyDirectory();
      assertThat(settings.runtimeRoot()).isEmptyDirectory();
    } finally {
      service.destroyForcibly();
    }
  }

  @Test
  void runsAProgramOfABoundDirectoryAndMissesOneThere() throws Exception {
    var mounts =
        List.<SandboxMount>of(
            SandboxMount.Bind.readOnly(owners.shown(base.resolve("bin")), "/tmp"));
    assertThat(run(with(spec(List.of("/tmp/true")), mounts, Duration.ofSeconds(20))).exitCode())
        .isZero();
    var missing = run(with(spec(List.of("/tmp/none")), mounts, Duration.ofSeconds(20)));
    assertThat(missing.exitCode()).isEqualTo(rung == IsolationRung.GVISOR ? 1 : 127);
    assertThat(missing.startFailed()).isTrue();
  }

  @Test
  void startsQuickly() throws Exception {
    run(spec(List.of("true")));
    var times = new ArrayList<Long>();
    for (int i = 0; i < 8; i++) {
      long start = System.nanoTime();
      run(spec(List.of("true")));
      times.add((System.nanoTime() - start) / 1_000_000);
    }
    times.sort(null);
    assertThat(times.get(times.size() / 2)).as("ms: %s", times).isLessThan(1000);
  }

  @Test
  void mountsManyLayers() throws Exception {
    var layers = new ArrayList<Path>();
    for (int i = 0; i < 300; i++) {
      layers.add(Files.createDirectories(temp.resolve("layer-with-a-long-name-" + i)));
      Files.writeString(layers.getLast().resolve("f"), "" + i);
    }
    var target = Files.createDirectory(temp.resolve("many"));
    try (var many = OverlayMount.mount(OverlayLayers.readOnly(layers), target, Set.of())) {
      assertThat(many.target().resolve("f")).hasContent("299");
    }
    assertThat(target).isEmptyDirectory();
  }
}
