package dev.cairn.linux.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** This process's own hard limits, which a step cannot exceed (/proc/self/limits). */
record HardLimits(Map<String, Long> values) {
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("Max cpu time", "RLIMIT_CPU"),
          Map.entry("Max file size", "RLIMIT_FSIZE"),
          Map.entry("Max data size", "RLIMIT_DATA"),
          Map.entry("Max stack size", "RLIMIT_STACK"),
          Map.entry("Max core file size", "RLIMIT_CORE"),
          Map.entry("Max resident set", "RLIMIT_RSS"),
          Map.entry("Max processes", "RLIMIT_NPROC"),
          Map.entry("Max open files", "RLIMIT_NOFILE"),
          Map.entry("Max locked memory", "RLIMIT_MEMLOCK"),
          Map.entry("Max address space", "RLIMIT_AS"),
          Map.entry("Max file locks", "RLIMIT_LOCKS"),
          Map.entry("Max pending signals", "RLIMIT_SIGPENDING"),
          Map.entry("Max msgqueue size", "RLIMIT_MSGQUEUE"),
          Map.entry("Max nice priority", "RLIMIT_NICE"),
          Map.entry("Max realtime priority", "RLIMIT_RTPRIO"),
          Map.entry("Max realtime timeout", "RLIMIT_RTTIME"));

  HardLimits {
    values = Map.copyOf(values);
  }

  static HardLimits own() throws IOException {
    return parse(Files.readString(Path.of("/proc/self/limits")));
  }

  static HardLimits parse(String text) {
    var values = new HashMap<String, Long>();
    for (var line : text.split("\n")) {
      for (var name : NAMES.entrySet()) {
        if (line.startsWith(name.getKey() + " ")) {
          var fields = line.substring(name.getKey().length()).strip().split(" +");
          var hard = fields.length < 2 ? "unlimited" : fields[1];
          values.put(name.getValue(), hard.equals("unlimited") ? -1 : Long.parseLong(hard));
        }
      }
    }
    return new HardLimits(values);
  }

  /** As wanted, or as much of it as we have ourselves. */
  ResourceLimit clamp(ResourceLimit wanted) {
    long most = values.getOrDefault(wanted.name(), -1L);
    return new ResourceLimit(wanted.name(), least(wanted.soft(), most), least(wanted.hard(), most));
  }

  /** -1 is unlimited, the greatest unsigned number. */
  private static long least(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? a : b;
  }
}
