package dev.cairn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Recipe;
import dev.cairn.engine.step.Privileges;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.linux.sandbox.SandboxSettings.Rungs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a command gets beyond the usual: by the operator's leave and the build's wish together. */
@Tag("slow")
@ParameterizedClass
@EnumSource(names = {"PLAIN", "USER_NAMESPACE"})
class PrivilegesTest {
  private static final Path FUSE = Path.of("/dev/fuse");

  @TempDir Path directory;
  private final IsolationRung rung;
  private final FakePorts.Heard heard = new FakePorts.Heard();
  private @Nullable BuilderFixture fixture;

  PrivilegesTest(IsolationRung rung) {
    this.rung = rung;
  }

  @BeforeEach
  void needsRoot() {
    assumeTrue(BuilderFixture.isRoot(), "needs root and /usr/bin/busybox (busybox-static)");
  }

  @AfterEach
  void close() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
  }

  private void build(Privileges privileges, Set<String> accepted, String run) throws Exception {
    if (fixture == null) {
      fixture = new BuilderFixture(directory, Rungs.only(rung), privileges);
    }
    var options =
        new Recipe.RunOptions(Map.of(), Map.of(), Optional.empty(), Optional.empty(), accepted);
    fixture.build(
        fixture.request(
            BuilderFixture.recipe("FROM busybox\nRUN " + run + "\n", options),
            fixture.emptyContext(),
            CacheOptions.of(CacheScope.of(BuilderFixture.TENANT, "default"))),
        heard);
  }

  // Threat 6
  @Test
  void refusesEachByNameWithoutTheOperatorsLeave() {
    var all = Set.of("network.host", "security.insecure", "device");
    for (String flag : new String[] {"--network=host", "--security=insecure", "--device=fuse"}) {
      assertThatThrownBy(() -> build(Privileges.NONE, all, flag + " true"))
          .hasMessageContaining("RUN " + flag + " is not allowed on this server");
    }
  }

  @Test
  void refusesEachThatTheBuildDoesNotAccept() {
    var privileges = new Privileges(true, true, Map.of("fuse", FUSE, "other", FUSE));
    for (String flag : new String[] {"--network=host", "--security=insecure", "--device=fuse"}) {
      assertThatThrownBy(() -> build(privileges, Set.of("device=other"), flag + " true"))
          .hasMessageContaining("RUN " + flag + " is allowed on this server, but this build");
    }
  }

  @Test
  void sharesTheMachinesNetwork() throws Exception {
    build(
        new Privileges(true, false, Map.of()),
        Set.of("network.host"),
        "--network=host cat /proc/self/net/route | head -1; stat -L -c %i /proc/self/ns/net");
    assertThat(heard.log())
        .contains(Files.getAttribute(Path.of("/proc/self/ns/net"), "unix:ino").toString());
  }

  @Test
  void takesAwayTheShieldsOfAnInsecureCommandOnly() throws Exception {
    build(
        new Privileges(false, true, Map.of()),
        Set.of("security.insecure"),
        """
        --security=insecure mkdir /m && mount -t tmpfs t /m && echo mounted \\
          && grep Seccomp: /proc/self/status && hostname x && hostname
        RUN grep Seccomp: /proc/self/status; mount -t tmpfs t /m || echo shielded\
        """);
    assertThat(heard.log()).contains("mounted", "Seccomp:\t0", "x", "Seccomp:\t2", "shielded");
  }

  @Test
  void givesADeviceThatTheOperatorNames() throws Exception {
    assumeTrue(Files.exists(FUSE), "needs /dev/fuse");
    build(
        new Privileges(false, false, Map.of("vendor.example/fuse=all", FUSE)),
        Set.of("device=vendor.example/fuse=all"),
        """
        --device=vendor.example/fuse=all stat -c %F-%t-%T /dev/fuse && : <> /dev/fuse && echo open
        RUN test -e /dev/fuse || echo gone\
        """);
    assertThat(heard.log()).contains("character special file-a-e5", "open", "gone");
  }
}
