package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Everything that a server keeps in the kernel and in places for a moment only. */
final class Leftovers {
  /** Directories below the engine's that are empty while nothing is built. */
  private static final List<String> SCRATCH = List.of("work", "../blobs/writing");

  /** The same below the server's directory of mounts and bundles. */
  private static final List<String> STEPS = List.of("steps", "roots", "runtime");

  private Leftovers() {}

  /**
   * What is there.
   *
   * @param mounts mount points below the data directory and of steps
   * @param cgroups directories of control groups with the server's prefix
   * @param processes command lines of what runs in them or below the data directory
   * @param networks named namespaces and links with the prefix
   * @param files paths of files that only last as long as a build
   */
  record Found(
      Set<String> mounts,
      Set<String> cgroups,
      Set<String> processes,
      Set<String> networks,
      Set<String> files) {}

  /** Directories of the server's that hold what steps are made of. */
  static List<String> places(LiveServer server) throws IOException {
    return List.of(server.engine() + "/", server.sandbox() + "/");
  }

  private static String prefix(Path data) {
    return "cairn-" + Integer.toHexString(data.toString().hashCode());
  }

  /** What there is now. */
  static Found of(LiveServer server) throws IOException {
    Path data = server.data().toRealPath();
    String prefix = prefix(data);
    return new Found(
        mounts(server.pid(), data, server.sandbox().resolve("roots")),
        cgroups(prefix),
        processes(data, prefix, server.pid()),
        networks(prefix),
        files(server, data, prefix));
  }

  /** What is left when it stops changing into what was expected, for half a minute at most. */
  static Found settled(LiveServer server, Found expected) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    Found found = of(server);
    while (!found.equals(expected) && System.nanoTime() < deadline) {
      Thread.sleep(200);
      found = of(server);
    }
    return found;
  }

  /** As the server sees them: one that is not root's has mounts of its own. */
  private static Set<String> mounts(long server, Path data, Path roots) throws IOException {
    var found = new TreeSet<String>();
    for (String line : Files.readAllLines(Path.of("/proc/" + server + "/mountinfo"))) {
      String point = line.split(" ")[4];
      if (point.startsWith(data + "/") || point.startsWith(roots + "/")) {
        found.add(point);
      }
    }
    return found;
  }

  private static Set<String> cgroups(String prefix) throws IOException {
    var found = new TreeSet<String>();
    try (Stream<Path> walk = Files.walk(Path.of("/sys/fs/cgroup"), 5)) {
      walk.filter(each -> each.toString().contains("/" + prefix) && Files.isDirectory(each))
          .forEach(each -> found.add(each.toString()));
    } catch (java.io.UncheckedIOException e) {
      // Another control group went away while we looked; what is ours is looked at again.
      found.add("changing: " + e.getMessage());
    }
    return found;
  }

  private static Set<String> processes(Path data, String prefix, long server) throws IOException {
    var found = new TreeSet<String>();
    try (Stream<Path> list = Files.list(Path.of("/proc"))) {
      for (Path process : list.toList()) {
        String pid = process.getFileName().toString();
        if (pid.matches("[0-9]+")
            && Long.parseLong(pid) != server
            && Long.parseLong(pid) != ProcessHandle.current().pid()) {
          String line = read(process.resolve("cmdline")).replace('\0', ' ');
          if (line.contains(data + "/") || read(process.resolve("cgroup")).contains(prefix)) {
            found.add(line);
          }
        }
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      // The process has ended.
      return "";
    }
  }

  private static Set<String> networks(String prefix) throws IOException {
    var found = new TreeSet<String>();
    for (Path place : new Path[] {Path.of("/run/netns"), Path.of("/sys/class/net")}) {
      try (Stream<Path> list = Files.list(place)) {
        list.map(Path::getFileName)
            .map(Path::toString)
            .filter(each -> each.startsWith(prefix))
            .forEach(found::add);
      } catch (NoSuchFileException e) {
        // This machine has none.
      }
    }
    return found;
  }

  /** Half-written and scratch files, by the names that the rooms give them. */
  private static Set<String> files(LiveServer server, Path data, String prefix) throws IOException {
    var found = new TreeSet<String>();
    try (Stream<Path> walk = Files.walk(data)) {
      walk.filter(each -> each.getFileName().toString().matches(".*(\\.tmp|\\.part|~)$"))
          .forEach(each -> found.add(data.relativize(each).toString()));
    }
    for (String scratch : SCRATCH) {
      Path place = server.engine().resolve(scratch);
      if (Files.isDirectory(place)) {
        try (Stream<Path> list = Files.list(place)) {
          list.forEach(each -> found.add(each.toString()));
        }
      }
    }
    for (String scratch : STEPS) {
      Path place = server.sandbox().resolve(scratch);
      if (Files.isDirectory(place)) {
        try (Stream<Path> list = Files.list(place)) {
          list.forEach(each -> found.add(each.toString()));
        }
      }
    }
    Path memory = Path.of("/dev/shm").resolve(prefix);
    if (Files.isDirectory(memory)) {
      try (Stream<Path> walk = Files.walk(memory)) {
        walk.filter(Files::isRegularFile).forEach(each -> found.add(each.toString()));
      }
    }
    return found;
  }
}
