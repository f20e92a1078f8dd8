package dev.cairn.linux.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StubLayerTest {
  @TempDir Path temp;

  @Test
  void holdsEmptyMountPoints() throws IOException {
    new StubLayer(
            List.of(
                new StubLayer.Target("/run/secrets/token", false),
                new StubLayer.Target("/run/secrets", true),
                new StubLayer.Target("/scratch", true, 01777),
                new StubLayer.Target("/root/.cache", true)))
        .writeTo(temp.resolve("stub"));
    assertThat(temp.resolve("stub/run/secrets/token")).isEmptyFile();
    assertThat(temp.resolve("stub/root/.cache")).isDirectory();
    assertThat(temp.resolve("stub/proc")).isDirectory();
    // setuid, setgid and sticky have no name among the permissions of Java.
    assertThat((int) Files.getAttribute(temp.resolve("stub/scratch"), "unix:mode") & 07777)
        .isEqualTo(01777);
    assertThat(temp.resolve("stub/etc/resolv.conf")).isEmptyFile();
  }
}
