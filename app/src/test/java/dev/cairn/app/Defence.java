package dev.cairn.app;

import java.util.List;
import java.util.Locale;

/**
 * What holds a step, and how a test takes it away: by editing the bundle of each container before
 * the real runtime reads it. Nothing in the product can do this.
 */
enum Defence {
  /** The filter of system calls. */
  SECCOMP("del(.linux.seccomp)"),
  /** Few capabilities, none that administrates the machine. */
  CAPABILITIES(
      """
      (["CAP_SYS_ADMIN","CAP_SYS_MODULE","CAP_SYS_RAWIO","CAP_SYS_BOOT","CAP_SYS_PTRACE",\
      "CAP_DAC_READ_SEARCH","CAP_NET_ADMIN","CAP_SYSLOG","CAP_SYS_TIME","CAP_BPF","CAP_PERFMON",\
      "CAP_SYS_NICE","CAP_SYS_TTY_CONFIG","CAP_LINUX_IMMUTABLE"] as $more
      | .process.capabilities |= map_values(. + $more)) | del(.linux.seccomp)\
      """),
  /** Files of the kernel that nobody may read. */
  MASKED_PATHS("del(.linux.maskedPaths)"),
  /** Files of the kernel that nobody may write. */
  READ_ONLY_PATHS("del(.linux.readonlyPaths)"),
  /** A step sees only its own processes. */
  PID_NAMESPACE("del(.linux.namespaces[] | select(.type == \"pid\"))"),
  /** A step has its own System V memory and message queues. */
  IPC_NAMESPACE("del(.linux.namespaces[] | select(.type == \"ipc\"))"),
  /** A step has its own network. */
  NETWORK_NAMESPACE("del(.linux.namespaces[] | select(.type == \"network\"))"),
  /** A step has its own host name. */
  UTS_NAMESPACE("del(.linux.namespaces[] | select(.type == \"uts\")) | del(.hostname)"),
  /** A step sees its own control group as the root. */
  CGROUP_NAMESPACE("del(.linux.namespaces[] | select(.type == \"cgroup\"))"),
  /** Only harmless devices can be opened. */
  DEVICES(".linux.resources.devices = [{\"allow\": true, \"access\": \"rwm\"}]"),
  /** The kernel's tree of devices can only be read. */
  READ_ONLY_SYS(
      "(.mounts[] | select(.destination == \"/sys\")).options -= [\"ro\"]"
          + " | (.mounts[] | select(.destination == \"/sys/fs/cgroup\")).options -= [\"ro\"]"),
  /** Nothing of the host's files is shown. */
  OWN_ROOT(
      ".mounts += [{\"destination\": \"/host\", \"type\": \"bind\", \"source\": \"/\","
          + " \"options\": [\"rbind\", \"rprivate\"]}]"),
  /**
   * A step's root is nobody on the host. Only attacks lose it: the files of a step are laid for
   * nobody, so that the host's root cannot even write them and every other step would fail.
   */
  USER_NAMESPACE(
      "if (.process.args | join(\" \") | contains(\"/p/probe\")) then"
          + " del(.linux.namespaces[] | select(.type == \"user\"))"
          + " | del(.linux.uidMappings, .linux.gidMappings) else . end",
      "",
      HostileGround.Rung.USER_NAMESPACE,
      HostileGround.Network.NONE),
  /** Packets of steps are judged. */
  PACKET_FILTER(
      ".",
      // There is none yet when the server tries the runtime at its start.
      "! nft list table $table >/dev/null 2>&1 || nft insert rule $table outgoing accept || exit 1",
      HostileGround.Rung.PLAIN,
      HostileGround.Network.EGRESS);

  private final String edit;
  private final String command;
  private final HostileGround.Rung rung;
  private final HostileGround.Network network;

  Defence(String edit) {
    this(
        edit,
        "",
        // The network of the other grounds is the host's anyway.
        HostileGround.Rung.PLAIN,
        HostileGround.Network.NONE);
  }

  Defence(String edit, String command, HostileGround.Rung rung, HostileGround.Network network) {
    this.edit = edit;
    this.command = command;
    this.rung = rung;
    this.network = network;
  }

  /** What else is done before each start, in shell; {@code $table} is the packet filter's. */
  String command() {
    return command;
  }

  /** Where it is missed. */
  HostileGround ground() {
    return new HostileGround(rung, network);
  }

  /** The program of jq that removes it from a runtime's configuration. */
  String edit() {
    return edit;
  }

  /** All of them. */
  static List<Defence> all() {
    return List.of(values());
  }

  /** A word of an expectation as the name of a constant. */
  static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** As it is written in an expectation. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
