package dev.cairn.linux.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The filter of system calls: what is not allowed answers EPERM. The list (seccomp.json) follows
 * what Docker's default profile allows to a process with the default capabilities, without
 * io_uring.
 */
final class SeccompProfile {
  /** CLONE_NEW* of all namespaces that clone(2) can make, without time. */
  private static final long NEW_NAMESPACES = 0x7E020000L;

  private static final int AF_VSOCK = 40;
  private static final int ENOSYS = 38;

  private final JsonMapper json;
  private final JsonNode list;

  SeccompProfile(JsonMapper json) {
    this.json = json;
    try (var in = SeccompProfile.class.getResourceAsStream("seccomp.json")) {
      if (in == null) {
        throw new IllegalStateException("seccomp.json is missing from the program");
      }
      this.list = json.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The {@code linux.seccomp} object of a runtime's configuration (config-linux.md). */
  ObjectNode forThisMachine(boolean thirtyTwoBit) {
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    var profile = json.createObjectNode();
    profile.put("defaultAction", "SCMP_ACT_ERRNO").put("defaultErrnoRet", 1);
    var architectures = profile.putArray("architectures");
    architectures.add(arm ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64");
    if (thirtyTwoBit) {
      architectures.add(arm ? "SCMP_ARCH_ARM" : "SCMP_ARCH_X86");
    }
    var rules = profile.putArray("syscalls");
    var names = rule(rules, "SCMP_ACT_ALLOW").putArray("names");
    list.get("allow").forEach(names::add);
    list.get(arm ? "aarch64" : "x86_64").forEach(names::add);
    // 0, PER_LINUX32, UNAME26, both, and the query.
    for (long personality : new long[] {0, 8, 0x20000, 0x20008, 0xFFFFFFFFL}) {
      when(rules, "personality", personality, "SCMP_CMP_EQ");
    }
    when(rules, "socket", AF_VSOCK, "SCMP_CMP_NE");
    var clone = rule(rules, "SCMP_ACT_ALLOW");
    clone.putArray("names").add("clone");
    clone
        .putArray("args")
        .addObject()
        .put("index", 0)
        .put("value", NEW_NAMESPACES)
        .put("valueTwo", 0)
        .put("op", "SCMP_CMP_MASKED_EQ");
    // Its flags lie in memory, where a filter cannot look: libc then falls back to clone.
    rule(rules, "SCMP_ACT_ERRNO").put("errnoRet", ENOSYS).putArray("names").add("clone3");
    return profile;
  }

  private static ObjectNode rule(ArrayNode rules, String action) {
    return rules.addObject().put("action", action);
  }

  private static void when(ArrayNode rules, String name, long value, String comparison) {
    var rule = rule(rules, "SCMP_ACT_ALLOW");
    rule.putArray("names").add(name.toLowerCase(Locale.ROOT));
    rule.putArray("args").addObject().put("index", 0).put("value", value).put("op", comparison);
  }
}
