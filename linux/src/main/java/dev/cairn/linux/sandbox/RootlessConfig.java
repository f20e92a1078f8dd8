package dev.cairn.linux.sandbox;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What differs in a container's configuration where the service is not root of the machine. */
final class RootlessConfig {
  /** Calls that change who somebody is or whose something is. */
  private static final Set<String> OWNERSHIP =
      Set.of(
          "chown",
          "fchown",
          "fchownat",
          "lchown",
          "setgroups",
          "setuid",
          "setgid",
          "setresuid",
          "setresgid",
          "setreuid",
          "setregid",
          "setfsuid",
          "setfsgid",
          "capset",
          // The forms of 32-bit programs.
          "chown32",
          "fchown32",
          "lchown32",
          "setgroups32",
          "setuid32",
          "setgid32",
          "setresuid32",
          "setresgid32",
          "setreuid32",
          "setregid32",
          "setfsuid32",
          "setfsgid32");

  private RootlessConfig() {}

  /**
   * No control groups: none of them is ours, and a runtime that is given limits does not start. The
   * number of processes becomes a limit of each user in the step.
   */
  static void adapt(ObjectNode root) {
    var linux = object(root, "linux");
    long processes = linux.path("resources").path("pids").path("limit").asLong(0);
    if (processes > 0) {
      limitProcesses(array(object(root, "process"), "rlimits"), processes);
    }
    linux.remove(List.of("resources", "cgroupsPath"));
    var mounts = array(root, "mounts");
    removeIf(mounts, mount -> text(mount, "destination").equals("/sys/fs/cgroup"));
    for (var mount : mounts) {
      if (text(mount, "destination").equals("/sys") && text(mount, "type").equals("bind")) {
        // What is mounted below the machine's /sys cannot be left out; it is covered instead.
        var options = array((ObjectNode) mount, "options");
        removeIf(options, option -> option.asString("").equals("bind"));
        options.add("rbind");
        cover(mounts, "/sys/fs/cgroup");
        break;
      }
    }
  }

  private static void limitProcesses(ArrayNode limits, long most) {
    for (var limit : limits) {
      if (text(limit, "type").equals("RLIMIT_NPROC")) {
        for (var bound : List.of("soft", "hard")) {
          var asked = limit.path(bound).bigIntegerValue();
          ((ObjectNode) limit).put(bound, asked.min(BigInteger.valueOf(most)));
        }
        return;
      }
    }
    limits.addObject().put("type", "RLIMIT_NPROC").put("soft", most).put("hard", most);
  }

  private static void cover(ArrayNode mounts, String target) {
    var mount = mounts.addObject();
    mount.put("destination", target).put("type", "tmpfs").put("source", "tmpfs");
    var options = mount.putArray("options");
    List.of("nosuid", "noexec", "nodev", "ro", "size=4k", "mode=555").forEach(options::add);
  }

  /**
   * For a service with one identity: the step's root is all there is. Calls that would make anybody
   * else answer that they have, and do nothing; otherwise hardly a package could be installed.
   */
  static void pretendOwners(ObjectNode root) {
    var linux = object(root, "linux");
    if (!linux.has("seccomp")) {
      // An insecure step is kept from nothing, and still has one identity only.
      linux.putObject("seccomp").put("defaultAction", "SCMP_ACT_ALLOW").putArray("syscalls");
    }
    var rules = array(object(linux, "seccomp"), "syscalls");
    for (var rule : rules) {
      removeIf(array((ObjectNode) rule, "names"), name -> OWNERSHIP.contains(name.asString("")));
    }
    removeIf(rules, rule -> rule.path("names").isEmpty());
    var pretence = rules.addObject();
    pretence.put("action", "SCMP_ACT_ERRNO").put("errnoRet", 0);
    new HashSet<>(OWNERSHIP).stream().sorted().forEach(pretence.putArray("names")::add);
    var user = object(object(root, "process"), "user");
    user.put("uid", 0).put("gid", 0);
    user.remove("additionalGids");
    for (var mount : array(root, "mounts")) {
      if (text(mount, "type").equals("devpts")) {
        removeIf(
            array((ObjectNode) mount, "options"), option -> option.asString("").equals("gid=5"));
      }
    }
  }

  private static ObjectNode object(ObjectNode parent, String name) {
    return (ObjectNode) parent.path(name);
  }

  private static ArrayNode array(ObjectNode parent, String name) {
    return (ArrayNode) parent.path(name);
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  private static void removeIf(ArrayNode array, Predicate<JsonNode> unwanted) {
    for (int i = array.size() - 1; i >= 0; i--) {
      if (unwanted.test(array.get(i))) {
        array.remove(i);
      }
    }
  }
}
