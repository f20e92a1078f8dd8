package dev.cairn.linux.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RootlessConfigTest {
  private static final String CONFIG =
      """
      {
        "process": {"user": {"uid": 7, "gid": 8, "additionalGids": [9]},
          "rlimits": [{"type": "RLIMIT_FSIZE", "soft": 1, "hard": 1}]},
        "mounts": [
          {"destination": "/dev/pts", "type": "devpts", "options": ["nosuid", "gid=5"]},
          {"destination": "/sys", "type": "bind", "source": "/s", "options": ["bind", "ro"]},
          {"destination": "/sys/fs/cgroup", "type": "cgroup", "options": ["ro"]}],
        "linux": {"cgroupsPath": "/x", "resources": {"pids": {"limit": 50}, "devices": []},
          "seccomp": {"syscalls": [
            {"action": "SCMP_ACT_ALLOW", "names": ["read", "chown", "setgroups"]},
            {"action": "SCMP_ACT_ALLOW", "names": ["setuid"]}]}}
      }
      """;

  private static ObjectNode config() {
    return (ObjectNode) JsonMapper.shared().readTree(CONFIG);
  }

  @Test
  void leavesControlGroupsOutAndLimitsProcessesByUser() {
    var root = config();

    RootlessConfig.adapt(root);

    assertThat(root.path("linux").has("resources")).isFalse();
    assertThat(root.path("linux").has("cgroupsPath")).isFalse();
    assertThat(root.path("process").path("rlimits").get(1))
        .hasToString("{\"type\":\"RLIMIT_NPROC\",\"soft\":50,\"hard\":50}");
  }

  @Test
  void lowersALimitOfProcessesThatTheStepAskedFor() {
    var root = config();
    ((ObjectNode) root.path("process"))
        .putArray("rlimits")
        .addObject()
        .put("type", "RLIMIT_NPROC")
        .put("soft", 40)
        .put("hard", 4000);

    RootlessConfig.adapt(root);

    assertThat(root.path("process").path("rlimits"))
        .hasToString("[{\"type\":\"RLIMIT_NPROC\",\"soft\":40,\"hard\":50}]");
  }

  @Test
  void showsTheMachinesSysWithItsControlGroupsCovered() {
    var root = config();

    RootlessConfig.adapt(root);

    assertThat(root.path("mounts").get(1).path("options")).hasToString("[\"ro\",\"rbind\"]");
    assertThat(root.path("mounts").get(2).path("type").asString()).isEqualTo("tmpfs");
    assertThat(root.path("mounts").size()).isEqualTo(3);
  }

  @Test
  void pretendsToChangeOwnersForRootAlone() {
    var root = config();

    RootlessConfig.pretendOwners(root);

    var rules = root.path("linux").path("seccomp").path("syscalls");
    assertThat(rules.get(0).path("names")).hasToString("[\"read\"]");
    assertThat(rules.size()).isEqualTo(2);
    assertThat(rules.get(1).path("errnoRet").asInt(-1)).isZero();
    assertThat(rules.get(1).path("names").valueStream().map(name -> name.asString()))
        .contains("chown", "fchownat", "setgroups", "setresuid32", "capset");
    assertThat(root.path("process").path("user")).hasToString("{\"uid\":0,\"gid\":0}");
    assertThat(root.path("mounts").get(0).path("options")).hasToString("[\"nosuid\"]");
  }
}
