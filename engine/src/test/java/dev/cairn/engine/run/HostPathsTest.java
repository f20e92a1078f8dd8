package dev.cairn.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostPathsTest {
  private static final Path RUN = Path.of("/run/cairn-1f2e");
  private static final HostPaths PATHS =
      new HostPaths(RUN.resolve("roots/77"), List.of(RUN, Path.of("/srv/cairn/engine")));

  @Test
  void tellsPlacesOfTheTreeAsTheCommandSeesThem() {
    assertThat(PATHS.hidden("mount to rootfs at \"/run/cairn-1f2e/roots/77/etc/hosts\": denied"))
        .isEqualTo("mount to rootfs at \"/etc/hosts\": denied");
    assertThat(PATHS.hidden("rootfs /run/cairn-1f2e/roots/77 is gone"))
        .isEqualTo("rootfs / is gone");
  }

  @Test
  void tellsNothingOfWhatIsTheBuilders() {
    assertThat(
            PATHS.hidden(
                "error mounting \"/srv/cairn/engine/volumes/3/hosts\" (via"
                    + " /run/cairn-1f2e/steps/9:8) at /proc: no"))
        .isEqualTo("error mounting \"[builder]\" (via [builder]:8) at /proc: no");
    assertThat(PATHS.hidden("/run/cairn-1f2e/roots/78/etc")).isEqualTo("[builder]");
  }

  @Test
  void leavesEverythingElse() {
    assertThat(PATHS.hidden("/run/cairn and /srv/cairn/blobs")).contains("/run/cairn and /srv");
  }
}
