package dev.cairn.linux.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.linux.cgroup.CgroupLimits;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.OverlayLayers;
import dev.cairn.linux.mount.OverlayMount;
import dev.cairn.linux.mount.StubLayer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prints what starting a step costs, in milliseconds, on each rung and with each runtime that is
 * installed; {@code CAIRN_RUNTIMES=/path,…} in the environment names others. Nothing is asserted of
 * the times.
 */
@Tag("all")
class StartCostTest {
  private static final int RUNS = 21;

  @TempDir Path temp;

  @Test
  void printsTheCostOfAStart() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx--x--x"));
    var names = Optional.ofNullable(System.getenv("CAIRN_RUNTIMES")).orElse("crun,runc").split(",");
    for (String name : names) {
      for (var rung : List.of(IsolationRung.PLAIN, IsolationRung.USER_NAMESPACE)) {
        for (ThirtyTwoBit thirtyTwoBit : ThirtyTwoBit.values()) {
          measure(name, rung, thirtyTwoBit);
        }
      }
    }
  }

  private void measure(String runtime, IsolationRung rung, ThirtyTwoBit thirtyTwoBit)
      throws Exception {
    var place = Files.createTempDirectory(temp, "m");
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
    var settings =
        new SandboxSettings(
            place.resolve("sandbox"),
            place,
            "cairn-cost-" + ProcessHandle.current().pid(),
            thirtyTwoBit,
            List.of(runtime),
            SandboxSettings.Rungs.only(rung));
    if (RuntimeProbe.run(settings).chosen().isEmpty()) {
      return;
    }
    try (var sandbox = Sandbox.open(settings)) {
      new StubLayer(List.of()).writeTo(place.resolve("stub"));
      for (var part : List.of("lower", "upper", "work")) {
        Files.createDirectory(place.resolve(part));
      }
      try (var lower = Directory.open(place.resolve("lower"));
          var program = lower.create("true", 0755)) {
        lower.setMode("", 0755);
        program.write(ProbeProgram.bytes());
      }
      var owners = sandbox.owners(place);
      var layers =
          OverlayLayers.writable(
              List.of(place.resolve("stub"), place.resolve("lower")),
              place.resolve("upper"),
              place.resolve("work"));
      var root = sandbox.newRoot();
      try (var _ = owners.lay();
          var view = OverlayMount.mount(layers, root, Set.of(), owners);
          var group = sandbox.cgroups().create("cost", CgroupLimits.NONE)) {
        var spec =
            new SandboxSpec(
                view.target(),
                new SandboxSpec.Command(
                    List.of("/true"), new LinkedHashMap<>(), "/", ProcessIdentity.ROOT),
                List.of(),
                SandboxSpec.Surroundings.NO_NETWORK,
                Optional.of(group),
                CgroupLimits.NONE,
                Duration.ofSeconds(20));
        var times = new ArrayList<Double>();
        var bare = new ArrayList<Double>();
        for (int i = 0; i < RUNS + 5; i++) {
          long start = System.nanoTime();
          assertThat(sandbox.run(spec, OutputSink.discard(), OutputSink.discard()).succeeded())
              .isTrue();
          long end = System.nanoTime();
          Thread.sleep(50);
          double alone = bare(sandbox, spec, place.resolve("bundle" + i));
          if (i >= 5) {
            times.add((end - start) / 1e6);
            bare.add(alone);
          }
          Thread.sleep(50);
        }
        times.sort(null);
        bare.sort(null);
        System.out.printf(
            Locale.ROOT,
            "%-28s %-15s %-8s median %5.1f  least %5.1f  most %5.1f"
                + "  the runtime alone %5.1f  least %5.1f%n",
            sandbox.runtime().version(),
            rung.text(),
            thirtyTwoBit == ThirtyTwoBit.ALWAYS ? "64+32" : "64",
            times.get(RUNS / 2),
            times.getFirst(),
            times.getLast(),
            bare.get(RUNS / 2),
            bare.getFirst());
      }
    }
  }

  /** The same container, its bundle and namespaces ready, without anything of ours around it. */
  private static double bare(Sandbox sandbox, SandboxSpec spec, Path bundle) throws Exception {
    var tools = sandbox.tools();
    Files.createDirectory(bundle);
    var id = "bare-" + UUID.randomUUID();
    var group = spec.cgroup().orElseThrow().child(id);
    try (var namespaces = tools.namespaces(spec.surroundings().network())) {
      Files.write(
          bundle.resolve("config.json"),
          tools
              .config()
              .bytes(spec, InjectedContent.NOTHING, group.path(), tools.limits(), namespaces));
      var command =
          tools
              .runtime()
              .command(
                  tools.settings().runtimeRoot(), "run", "--keep", "--bundle", "" + bundle, id);
      var output = bundle.resolve("output").toFile();
      long start = System.nanoTime();
      var process =
          new ProcessBuilder(command)
              .redirectInput(Files.createFile(bundle.resolve("input")).toFile())
              .redirectErrorStream(true)
              .redirectOutput(output)
              .start();
      assertThat(process.waitFor()).as(output.toString()).isZero();
      double time = (System.nanoTime() - start) / 1e6;
      tools.runtime().delete(tools.settings().runtimeRoot(), id);
      group.close();
      return time;
    }
  }
}
