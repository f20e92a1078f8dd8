package dev.cairn.linux.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.linux.cgroup.CgroupLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramWidthTest {
  @TempDir Path tree;

  @BeforeEach
  void shell() throws IOException {
    program("bin/sh", 2);
  }

  private void program(String path, int width) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {0x7f, 'E', 'L', 'F', (byte) width, 1});
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private boolean mayBe(Map<String, String> environment, String... argv) throws IOException {
    var all = new LinkedHashMap<>(Map.of("PATH", "/bin:/usr/bin"));
    all.putAll(environment);
    return ProgramWidth.mayBeThirtyTwo(
        new SandboxSpec(
            tree,
            new SandboxSpec.Command(List.of(argv), all, "/", ProcessIdentity.ROOT),
            List.of(),
            SandboxSpec.Surroundings.NO_NETWORK,
            Optional.empty(),
            CgroupLimits.NONE,
            Duration.ofSeconds(1)));
  }

  @Test
  void anOrdinaryCommandIsNot() throws IOException {
    assertThat(mayBe(Map.of(), "/bin/sh", "-c", "apt-get install -y curl")).isFalse();
    assertThat(mayBe(Map.of(), "sh", "-c", "make")).isFalse();
  }

  @Test
  void aTreeThatLoadsThemMayHaveThem() throws IOException {
    program("lib/i386-linux-gnu/ld.so", 1);
    Files.createSymbolicLink(tree.resolve("lib/ld-linux.so.2"), Path.of("i386-linux-gnu/ld.so"));
    assertThat(mayBe(Map.of(), "/bin/sh", "-c", "make")).isTrue();
  }

  @Test
  void aCommandMayInstallOrMakeThem() throws IOException {
    assertThat(mayBe(Map.of(), "/bin/sh", "-c", "dpkg --add-architecture i386 && x")).isTrue();
    assertThat(mayBe(Map.of(), "/bin/sh", "-c", "gcc -m32 x.c && ./a.out")).isTrue();
    assertThat(mayBe(Map.of("GOARCH", "386"), "/bin/sh", "-c", "go test ./...")).isTrue();
  }

  @Test
  void itsOwnProgramMayBeOneOrUnknown() throws IOException {
    program("usr/bin/old", 1);
    assertThat(mayBe(Map.of(), "old")).isTrue();
    assertThat(mayBe(Map.of(), "/dev/pipes/EOF")).isTrue();
  }
}
