package dev.cairn.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is laid out on the host before hostile builds and looked at afterwards: texts that must be
 * read nowhere, files and settings that must stay as they are, a process that must not be touched.
 */
final class HostCanaries implements AutoCloseable {
  /** What a step that reached the host would be most likely to change. */
  private static final List<String> SETTINGS =
      List.of(
          "/proc/sys/kernel/core_pattern",
          "/proc/sys/kernel/modprobe",
          "/proc/sys/kernel/hostname",
          "/proc/sys/kernel/randomize_va_space",
          "/proc/sys/kernel/panic",
          "/proc/sys/kernel/sysrq",
          "/proc/sys/net/ipv4/ip_default_ttl",
          "/proc/sys/vm/overcommit_memory",
          "/sys/kernel/uevent_helper",
          "/sys/kernel/profiling",
          "/sys/kernel/mm/transparent_hugepage/enabled");

  private static final List<String> FILES =
      List.of(
          "/etc/hosts",
          "/etc/resolv.conf",
          "/usr/sbin/runc",
          "/usr/bin/runc",
          "/usr/bin/crun",
          "/bin/busybox");

  /** Read line by line: see {@link #accounts}. */
  private static final List<String> ACCOUNTS =
      List.of("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/subuid", "/etc/subgid");

  private final Path folder;
  private final String needle;
  private final Watched foreign;
  private Map<String, String> before;

  private HostCanaries(Path folder, String needle, Watched foreign) throws IOException {
    this.folder = folder;
    this.needle = needle;
    this.foreign = foreign;
    this.before = state();
  }

  /** Lays everything out below the folder; {@code program} is the foreign process. */
  static HostCanaries plant(Path folder, Path program) throws IOException, InterruptedException {
    return plant(folder, program, "root");
  }

  /**
   * The same as some user's: what a server of that user's would give away if it gave away anything.
   */
  static HostCanaries plant(Path folder, Path program, String user)
      throws IOException, InterruptedException {
    String needle = "canary-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path secret = Files.writeString(folder.resolve("only-root"), needle + "-of-a-file\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path open = Files.createDirectory(folder.resolve("everybody"));
    Files.createDirectory(open.resolve("keep"));
    Files.writeString(open.resolve("note"), needle + "-of-a-note\n");
    for (Path each : List.of(open, open.resolve("keep"), open.resolve("note"))) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    Commands.succeed(folder, "chown", "-R", user, folder.toString());
    String name = name(needle);
    var foreign =
        Watched.start(
            "the foreign process",
            Map.of("FOREIGN", needle + "-of-an-environment"),
            List.of(
                "setpriv",
                "--reuid",
                user,
                "--regid",
                user,
                "--clear-groups",
                program.toString(),
                needle + "-of-memory",
                name,
                "" + key(needle)));
    return new HostCanaries(folder, needle, foreign);
  }

  private static long key(String needle) {
    return 0x43410000L + Math.floorMod(needle.hashCode(), 0xffff);
  }

  private static String name(String needle) {
    return "cairn-foreign-" + Integer.toHexString(needle.hashCode());
  }

  /** What every text that must not be read begins with. */
  String needle() {
    return needle;
  }

  /** Where everything is, by the names of build arguments: an attacker knows the machine. */
  Map<String, String> arguments() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("FILE", folder.resolve("only-root").toString());
    all.put("WRITABLE", folder.resolve("everybody").toString());
    all.put("FOREIGN", Long.toString(foreign.pid()));
    all.put("FOREIGN_NAME", name(needle));
    all.put("FOREIGN_KEY", Long.toString(key(needle)));
    all.put("HOST_NAME", text(Path.of("/proc/sys/kernel/hostname")));
    return all;
  }

  /** What has been done to the host since this was made, or last asked. */
  synchronized List<String> noticed() throws IOException {
    List<String> found = new ArrayList<>(foreign.noticed());
    if (!foreign.isAlive()) {
      found.add("the foreign process is dead");
    }
    Map<String, String> now = state();
    for (var each : before.entrySet()) {
      String value = now.getOrDefault(each.getKey(), "gone");
      if (!value.equals(each.getValue())) {
        found.add("%s was %s and is %s".formatted(each.getKey(), each.getValue(), value));
      }
    }
    now.keySet().stream()
        .filter(key -> !before.containsKey(key))
        .forEach(key -> found.add(key + " is new"));
    before = now;
    return found;
  }

  private Map<String, String> state() throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (String setting : SETTINGS) {
      Path file = Path.of(setting);
      if (Files.isReadable(file)) {
        all.put(setting, text(file));
      }
    }
    for (String name : FILES) {
      Path file = Path.of(name);
      if (Files.exists(file)) {
        all.put(name, attributes(file.toRealPath()));
      }
    }
    for (String name : ACCOUNTS) {
      Path file = Path.of(name);
      if (Files.exists(file)) {
        all.put(name, accounts(file));
      }
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path each : walk.sorted().toList()) {
        all.put(each.toString(), attributes(each));
      }
    }
    for (String line : status()) {
      if (line.matches("(TracerPid|Uid|Seccomp|Threads|CapEff|NSpid|Cpus_allowed):.*")) {
        all.put("the foreign process's " + line.replaceFirst(":.*", ""), line);
      }
    }
    return all;
  }

  /**
   * Every line but those of the users that tests make, beside this one also at the same time; no
   * attack adds such a line. The tools that make users write the file anew, so that its number,
   * size and time say nothing; owner and mode stay.
   */
  private static String accounts(Path file) throws IOException {
    String lines =
        Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
            .filter(line -> !line.matches(OrdinaryUser.PREFIX + "[0-9a-f]{8}:[^:]*:.*"))
            .collect(Collectors.joining("\n"));
    return Files.readAttributes(file, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS)
        + " "
        + HexFormat.of()
            .formatHex(LayerListing.sha256().digest(lines.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** In one read: the kernel gives the rest of a setting to nobody who comes in small steps. */
  private static String text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8).strip();
    }
  }

  private List<String> status() throws IOException {
    return foreign.isAlive()
        ? Files.readAllLines(Path.of("/proc/" + foreign.pid() + "/status"))
        : List.of();
  }

  private static String attributes(Path file) throws IOException {
    Map<String, Object> all =
        Files.readAttributes(
            file, "unix:ino,mode,uid,gid,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
    return new TreeMap<>(all).toString();
  }

  @Override
  public void close() {
    foreign.close();
  }
}
