package dev.cairn.linux.host;

import dev.cairn.linux.LinuxException;
import dev.cairn.linux.cgroup.CgroupMode;
import dev.cairn.linux.cgroup.Cgroups;
import dev.cairn.linux.sandbox.OciRuntime;
import dev.cairn.linux.sys.KernelThreads;
import dev.cairn.linux.sys.MountCalls;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this machine offers to a builder, for {@code cairn doctor}. Nothing is changed or started
 * but the runtimes' version commands; whether a runtime really works is {@link
 * dev.cairn.linux.sandbox.RuntimeProbe}'s to say.
 *
 * @param kernel release, such as 6.18.44
 * @param machine such as amd64
 * @param root whether this process is root, in its user namespace
 * @param initialUserNamespace whether that is the machine's own root
 * @param missingCapabilities those of root that this process lacks
 * @param cgroupMode how limits can be kept
 * @param cgroupWritable whether groups can be made
 * @param overlay whether layers can be merged
 * @param overlayLayerByLayer whether up to 500 layers can be, else about 200
 * @param seccomp whether system calls can be filtered
 * @param userNamespaces how many user namespaces may be made; 0 is none
 * @param subordinateIds whether this user has a range in /etc/subuid
 * @param runtimes those installed
 */
public record HostFacts(
    String kernel,
    String machine,
    boolean root,
    boolean initialUserNamespace,
    List<String> missingCapabilities,
    CgroupMode cgroupMode,
    boolean cgroupWritable,
    boolean overlay,
    boolean overlayLayerByLayer,
    boolean seccomp,
    long userNamespaces,
    boolean subordinateIds,
    List<OciRuntime> runtimes) {

  /** What a container's start needs of root; linux/capability.h. */
  private static final Map<Integer, String> NEEDED =
      Map.ofEntries(
          Map.entry(0, "CAP_CHOWN"),
          Map.entry(1, "CAP_DAC_OVERRIDE"),
          Map.entry(3, "CAP_FOWNER"),
          Map.entry(4, "CAP_FSETID"),
          Map.entry(5, "CAP_KILL"),
          Map.entry(6, "CAP_SETGID"),
          Map.entry(7, "CAP_SETUID"),
          Map.entry(8, "CAP_SETPCAP"),
          Map.entry(12, "CAP_NET_ADMIN"),
          Map.entry(18, "CAP_SYS_CHROOT"),
          Map.entry(19, "CAP_SYS_PTRACE"),
          Map.entry(21, "CAP_SYS_ADMIN"),
          Map.entry(24, "CAP_SYS_RESOURCE"),
          Map.entry(27, "CAP_MKNOD"),
          Map.entry(31, "CAP_SETFCAP"));

  /** Copies the lists. */
  public HostFacts {
    missingCapabilities = List.copyOf(missingCapabilities);
    runtimes = List.copyOf(runtimes);
  }

  /** Looks. */
  public static HostFacts probe() throws IOException {
    var cgroups = Cgroups.detect("cairn");
    var status = read("/proc/self/status");
    var effective = field(status, "CapEff:").map(hex -> new BigInteger(hex, 16));
    var uid = field(status, "Uid:").map(ids -> ids.split("\\s+")[0]).orElse("");
    return new HostFacts(
        System.getProperty("os.version", "unknown"),
        System.getProperty("os.arch", "unknown"),
        uid.equals("0"),
        read("/proc/self/uid_map").strip().endsWith("4294967295"),
        missing(effective.orElse(BigInteger.ZERO)),
        cgroups.mode(),
        cgroups.isWritable(),
        read("/proc/filesystems").lines().anyMatch(line -> line.endsWith("\toverlay")),
        takesLayersOneByOne(),
        status.contains("\nSeccomp:"),
        userNamespaceLimit(),
        read("/etc/subuid")
            .lines()
            .anyMatch(line -> line.startsWith(System.getProperty("user.name", "") + ":")),
        List.of("crun", "runc").stream().flatMap(name -> OciRuntime.find(name).stream()).toList());
  }

  private static List<String> missing(BigInteger effective) {
    var missing = new ArrayList<String>();
    NEEDED.forEach((bit, name) -> {
      if (!effective.testBit(bit)) {
        missing.add(name);
      }
    });
    missing.sort(null);
    return missing;
  }

  /** Some distributions forbid user namespaces by a switch of their own. */
  private static long userNamespaceLimit() {
    var most = KernelSettings.find("user/max_user_namespaces").orElse("");
    var allowed = KernelSettings.find("kernel/unprivileged_userns_clone").orElse("");
    return most.isEmpty() || allowed.equals("0") ? 0 : Long.parseLong(most);
  }

  private static boolean takesLayersOneByOne() throws IOException {
    return KernelThreads.call(() -> {
      try (var fileSystem = MountCalls.openFileSystem("overlay")) {
        MountCalls.configure(fileSystem, "lowerdir+", "/");
        return true;
      } catch (LinuxException e) {
        // Too old a kernel, or not allowed to mount at all: other facts say which.
        return false;
      }
    });
  }

  private static Optional<String> field(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst();
  }

  /** The text of a file, empty if this kernel or distribution has none. */
  private static String read(String file) {
    // In one read: the kernel gives the rest of a file below /proc/sys to nobody who comes in small
    // steps, as readString does where a file's size is 0.
    try (var in = Files.newInputStream(Path.of(file))) {
      return new String(in.readNBytes(1 << 20), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
