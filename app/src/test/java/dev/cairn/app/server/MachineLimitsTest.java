package dev.cairn.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.linux.file.DiskSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineLimitsTest {
  private static final long GIB = 1L << 30;

  @TempDir Path directory;

  private static MachineLimits of(LimitConfig config, int slots, long memory) {
    var disk = new DiskSpace(100 * GIB, 50 * GIB, 4_000_000, 3_000_000);
    return MachineLimits.of(config, slots, new MachineLimits.Machine(memory, 32_768, disk));
  }

  @Test
  void givesEachBuildAPartAndTheServiceItsOwn() {
    MachineLimits limits = of(LimitConfig.OF_THE_MACHINE, 2, 24 * GIB);
    assertThat(limits.share().memoryBytes()).hasValue(21 * GIB);
    assertThat(limits.share().processes()).hasValue(16_384);
    assertThat(limits.share().weight()).isEqualTo(25);
    assertThat(limits.builds().usual().memoryBytes()).contains(21 * GIB / 2);
    assertThat(limits.builds().usual().diskBytes()).contains(20 * GIB);
    assertThat(limits.builds().usual().inodes()).contains(1_000_000L);
    assertThat(limits.builds().usual().processes()).contains(4096);
    assertThat(limits.builds().usual().cpus()).isEmpty();
    assertThat(limits.builds().most().memoryBytes()).contains(21 * GIB);
    assertThat(limits.builds().most().diskBytes()).contains(75 * GIB);
    assertThat(limits.cacheMountBytes()).isEqualTo(20 * GIB);
  }

  @Test
  void leavesASmallMachineHalfOfItsMemory() {
    MachineLimits limits = of(LimitConfig.OF_THE_MACHINE, 2, GIB);
    assertThat(limits.share().memoryBytes()).hasValue(GIB / 2);
    assertThat(limits.builds().usual().memoryBytes()).contains(GIB / 2);
  }

  @Test
  void takesTheOperatorsWordForWhatTheFileSays() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("cairn.yaml"),
            """
            limits:
              cpus: 1.5
              memoryBytes: 536870912
              processes: 300
              most: {cpus: 4, memoryBytes: 1073741824}
              all: {memoryBytes: 2147483648, weight: 50, cacheMountBytes: 1000}
            """);
    LimitConfig config = ConfigFile.read(file).applied(directory).limits();
    MachineLimits limits = of(config, 2, 24 * GIB);
    assertThat(limits.builds().usual().cpus()).contains(1500);
    assertThat(limits.builds().usual().memoryBytes()).contains(GIB / 2);
    assertThat(limits.builds().usual().processes()).contains(300);
    assertThat(limits.builds().most().cpus()).contains(4000);
    assertThat(limits.builds().most().memoryBytes()).contains(GIB);
    assertThat(limits.share().memoryBytes()).hasValue(2 * GIB);
    assertThat(limits.share().weight()).isEqualTo(50);
    assertThat(limits.cacheMountBytes()).isEqualTo(1000);
  }

  /** The kernel gives a number below /proc/sys in one piece or not at all. */
  @Test
  void readsTheMachinesNumbersWhole() throws IOException {
    var machine = MachineLimits.Machine.probe(directory.resolve("not/there/yet"));
    assertThat(machine.processes()).isGreaterThan(300);
    assertThat(machine.memoryBytes()).isGreaterThan(GIB / 4);
    assertThat(machine.disk().bytes()).isPositive();
  }
}
