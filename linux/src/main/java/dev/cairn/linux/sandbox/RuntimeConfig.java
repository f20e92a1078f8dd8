package dev.cairn.linux.sandbox;

import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.namespace.IdMap;
import dev.cairn.linux.namespace.StepNamespaces;
import dev.cairn.linux.sys.Fd;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the configuration of one container (OCI runtime specification 1.0.2, config.md). */
final class RuntimeConfig {
  /** Docker's default set. */
  private static final List<String> CAPABILITIES =
      List.of(
          "CAP_AUDIT_WRITE",
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_MKNOD",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_RAW",
          "CAP_SETFCAP",
          "CAP_SETGID",
          "CAP_SETPCAP",
          "CAP_SETUID",
          "CAP_SYS_CHROOT");

  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private static final int OOM_SCORE = 500;

  private final JsonMapper json;
  private final SeccompProfile seccomp;
  private final ThirtyTwoBit thirtyTwoBit;
  private final IsolationRung rung;

  RuntimeConfig(JsonMapper json, ThirtyTwoBit thirtyTwoBit, IsolationRung rung) {
    this.json = json;
    this.seccomp = new SeccompProfile(json);
    this.thirtyTwoBit = thirtyTwoBit;
    this.rung = rung;
  }

  /**
   * The whole document.
   *
   * @param injected where the bytes of each {@link SandboxMount.Content} and the devices lie
   * @param cgroup the step's own group
   * @param namespaces those that it does not have to itself as every step has
   */
  byte[] bytes(
      SandboxSpec spec,
      InjectedContent injected,
      String cgroup,
      HardLimits limits,
      StepSurroundings namespaces)
      throws IOException {
    var root = json.createObjectNode();
    root.put("ociVersion", "1.0.2");
    root.putObject("root").put("path", spec.rootfs().toString()).put("readonly", false);
    root.put("hostname", spec.surroundings().hostName());
    root.set("process", process(spec, limits));
    root.set("mounts", mounts(spec, injected, namespaces));
    root.set("linux", linux(spec, injected, cgroup, namespaces));
    switch (rung) {
      case ROOTLESS -> RootlessConfig.adapt(root);
      case ROOTLESS_SINGLE_ID -> {
        RootlessConfig.adapt(root);
        RootlessConfig.pretendOwners(root);
      }
      case PLAIN, USER_NAMESPACE, GVISOR, MICRO_VM -> {}
    }
    return json.writeValueAsBytes(root);
  }

  private ObjectNode process(SandboxSpec spec, HardLimits limits) throws IOException {
    var command = spec.command();
    var process = json.createObjectNode();
    // A terminal without a console fails; an empty pipe as stdin is safe with every runtime.
    process.put("terminal", false).put("noNewPrivileges", false).put("cwd", command.directory());
    // When the machine itself runs out of memory, a step dies before the service does.
    process.put("oomScoreAdj", OOM_SCORE);
    var user = process.putObject("user");
    user.put("uid", command.identity().uid()).put("gid", command.identity().gid());
    command.identity().additionalGids().forEach(user.putArray("additionalGids")::add);
    command.argv().forEach(process.putArray("args")::add);
    var environment = process.putArray("env");
    command.environment().forEach((name, value) -> environment.add(name + "=" + value));
    var capabilities = process.putObject("capabilities");
    var given = spec.surroundings().leave().insecure() ? Capability.own() : CAPABILITIES;
    for (var set : List.of("bounding", "effective", "permitted")) {
      given.forEach(capabilities.putArray(set)::add);
    }
    var rlimits = process.putArray("rlimits");
    for (var wanted : spec.surroundings().resourceLimits()) {
      var limit = limits.clamp(wanted);
      // The specification's numbers are unsigned: -1 there is 2^64 - 1.
      rlimits
          .addObject()
          .put("type", limit.name())
          .put("soft", new BigInteger(Long.toUnsignedString(limit.soft())))
          .put("hard", new BigInteger(Long.toUnsignedString(limit.hard())));
    }
    return process;
  }

  private ArrayNode mounts(SandboxSpec spec, InjectedContent injected, StepSurroundings namespaces)
      throws IOException {
    var mounts = json.createArrayNode();
    // A target may lead to /dev, /proc or /sys through a link of the image or of another mount;
    // what the runtime makes there comes after it, on top. What is meant to be in /dev comes last.
    for (var mount : spec.mounts()) {
      if (!isInDevices(mount)) {
        mount(mounts, mount, injected);
      }
    }
    mount(mounts, "/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev"));
    mount(
        mounts,
        "/dev",
        "tmpfs",
        "tmpfs",
        List.of("nosuid", "strictatime", "mode=755", "size=65536k"));
    mount(
        mounts,
        "/dev/pts",
        "devpts",
        "devpts",
        List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"));
    mount(
        mounts,
        "/dev/shm",
        "tmpfs",
        "shm",
        List.of(
            "nosuid", "noexec", "nodev", "mode=1777", "size=" + spec.surroundings().shmBytes()));
    mount(mounts, "/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev"));
    String writing = spec.surroundings().leave().insecure() ? "rw" : "ro";
    if (namespaces.devices().isPresent()) {
      // The kernel gives no /sys of a network that is not the step's own.
      mount(
          mounts,
          "/sys",
          "bind",
          namespaces.devices().get().toString(),
          List.of("bind", "rprivate", "nosuid", "noexec", "nodev", "ro"));
    } else {
      mount(mounts, "/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", writing));
    }
    mount(
        mounts,
        "/sys/fs/cgroup",
        "cgroup",
        "cgroup",
        List.of("nosuid", "noexec", "nodev", writing));
    for (var device : injected.devices()) {
      mount(
          mounts,
          device.path().toString(),
          "bind",
          device.node().toString(),
          List.of("bind", "rprivate", "nosuid", "noexec"));
    }
    for (var mount : spec.mounts()) {
      if (isInDevices(mount)) {
        mount(mounts, mount, injected);
      }
    }
    return mounts;
  }

  private static boolean isInDevices(SandboxMount mount) {
    return mount.target().startsWith("/dev/");
  }

  private static void mount(ArrayNode mounts, SandboxMount mount, InjectedContent injected)
      throws IOException {
    switch (mount) {
      case SandboxMount.Bind bind -> {
        var options = new ArrayList<>(List.of("bind", "rprivate"));
        // A step's user namespace may add to the flags of the source, never leave one out.
        var flags = MountFlag.of(bind.source());
        flags.addAll(bind.flags());
        flags.stream().map(MountFlag::option).sorted().forEach(options::add);
        mount(mounts, bind.target(), "bind", bind.source().toString(), options);
      }
      case SandboxMount.Tmpfs tmpfs ->
          mount(
              mounts,
              tmpfs.target(),
              "tmpfs",
              "tmpfs",
              List.of(
                  "nosuid",
                  "nodev",
                  "mode=" + Integer.toOctalString(tmpfs.mode()),
                  "size=" + tmpfs.bytes()));
      case SandboxMount.Content content ->
          mount(
              mounts,
              content.target(),
              "bind",
              String.valueOf(injected.files().get(content)),
              List.of("bind", "rprivate", "ro", "nosuid", "nodev", "noexec"));
    }
  }

  private static void mount(
      ArrayNode mounts, String target, String type, String source, List<String> options) {
    var mount = mounts.addObject();
    mount.put("destination", target).put("type", type).put("source", source);
    options.forEach(mount.putArray("options")::add);
  }

  private static void joined(ArrayNode list, String type, Fd namespace) {
    list.addObject().put("type", type).put("path", StepNamespaces.path(namespace).toString());
  }

  private ObjectNode linux(
      SandboxSpec spec, InjectedContent injected, String cgroup, StepSurroundings namespaces)
      throws IOException {
    var linux = json.createObjectNode();
    var list = linux.putArray("namespaces");
    for (var type : List.of("pid", "ipc", "uts", "mount", "cgroup")) {
      list.addObject().put("type", type);
    }
    namespaces.user().ifPresent(user -> joined(list, "user", user));
    if (namespaces.network().isPresent()) {
      joined(list, "network", namespaces.network().get());
    } else if (namespaces.newNetwork()) {
      list.addObject().put("type", "network");
    }
    for (var extent : namespaces.repeated().map(IdMap::extents).orElse(List.of())) {
      for (var mappings : List.of("uidMappings", "gidMappings")) {
        linux
            .withArray(mappings)
            .addObject()
            .put("containerID", extent.inside())
            .put("hostID", extent.outside())
            .put("size", extent.count());
      }
    }
    linux.put("cgroupsPath", cgroup);
    var resources = linux.putObject("resources");
    var devices = resources.putArray("devices");
    devices.addObject().put("allow", false).put("access", "rwm");
    // Making a node is allowed, as in Docker; opening one is what the first rule forbids.
    devices.addObject().put("allow", true).put("type", "c").put("access", "m");
    devices.addObject().put("allow", true).put("type", "b").put("access", "m");
    for (var device : injected.devices()) {
      devices
          .addObject()
          .put("allow", true)
          .put("type", device.letter())
          .put("major", device.major())
          .put("minor", device.minor())
          .put("access", "rwm");
    }
    spec.limits()
        .memoryBytes()
        .ifPresent(bytes -> resources.putObject("memory").put("limit", bytes).put("swap", bytes));
    spec.limits().processes().ifPresent(n -> resources.putObject("pids").put("limit", n));
    spec.limits()
        .cpus()
        .ifPresent(cpus ->
            resources
                .putObject("cpu")
                .put("period", 100_000)
                .put("quota", Math.max(1000, Math.round(cpus * 100_000))));
    if (spec.surroundings().leave().insecure()) {
      return linux;
    }
    linux.set(
        "seccomp",
        seccomp.forThisMachine(
            thirtyTwoBit == ThirtyTwoBit.ALWAYS || ProgramWidth.mayBeThirtyTwo(spec)));
    MASKED.forEach(linux.putArray("maskedPaths")::add);
    READ_ONLY.forEach(linux.putArray("readonlyPaths")::add);
    return linux;
  }
}
