package dev.cairn.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Base images made from the programs of this machine, so that the tests need no outside registry:
 * busybox for the cases, and node with npm. The same programs always give the same bytes.
 */
final class TestImages {
  /** The busybox of Debian and Ubuntu, linked statically. */
  static final Path BUSYBOX = Path.of("/bin/busybox");

  /** Enough for the cases; fixed, so that another busybox version gives the same files. */
  private static final List<String> APPLETS =
      List.of(
          "ash",
          "cat",
          "chmod",
          "chown",
          "cp",
          "cut",
          "date",
          "dd",
          "echo",
          "env",
          "false",
          "find",
          "grep",
          "head",
          "hostname",
          "id",
          "ip",
          "ln",
          "ls",
          "mkdir",
          "mkfifo",
          "mknod",
          "mv",
          "printf",
          "ps",
          "pwd",
          "readlink",
          "rm",
          "rmdir",
          "sed",
          "sh",
          "sha256sum",
          "sleep",
          "sort",
          "stat",
          "sync",
          "tail",
          "tar",
          "test",
          "touch",
          "tr",
          "true",
          "umount",
          "uname",
          "vi",
          "wc",
          "wget",
          "xargs",
          "yes");

  private static final String PATH = "PATH=/usr/local/bin:/usr/bin:/bin:/sbin";

  private TestImages() {}

  /** What one needs to be able to make them; empty if all is there. */
  static String missing() {
    return Files.isExecutable(BUSYBOX) ? "" : BUSYBOX + " (package busybox-static)";
  }

  /** Adds {@code busybox:latest}: a shell, three users, a message, a sticky /tmp. */
  static String addBusybox(TestRegistry registry, Path work) throws IOException {
    Path first = work.resolve("busybox.tar.gz");
    try (TestLayer layer = TestLayer.create(first)) {
      skeleton(layer);
    }
    Path second = work.resolve("busybox-data.tar.gz");
    try (TestLayer layer = TestLayer.create(second)) {
      layer
          .directory("srv", 0750, 1, 1)
          .file("srv/owned", 0640, 1000, 1000, "owned by app\n")
          .hardLink("srv/owned-too", "srv/owned", 0640, 1000, 1000);
    }
    return registry.add(
        "busybox", Map.of("Env", List.of(PATH), "Cmd", List.of("sh")), List.of(first, second));
  }

  private static void skeleton(TestLayer layer) throws IOException {
    layer.directory("bin", 0755).file("bin/busybox", 0755, BUSYBOX);
    for (String applet : APPLETS) {
      if (applet.startsWith("s")) {
        layer.hardLink("bin/" + applet, "bin/busybox", 0755, 0, 0);
      } else {
        layer.symlink("bin/" + applet, "busybox");
      }
    }
    layer
        .directory("dev", 0755)
        .directory("proc", 0755)
        .directory("sys", 0755)
        .directory("etc", 0755)
        .file(
            "etc/passwd",
            0644,
            """
            root:x:0:0:root:/root:/bin/sh
            daemon:x:1:1:daemon:/srv:/bin/false
            app:x:1000:1000:app:/home/app:/bin/sh
            """)
        .file("etc/group", 0644, "root:x:0:\ndaemon:x:1:\nextra:x:77:app\napp:x:1000:\n")
        .file("etc/motd", 0644, "welcome\n")
        .directory("home", 0755)
        .directory("home/app", 0755, 1000, 1000)
        .directory("root", 0700)
        .directory("tmp", 01777)
        .directory("usr", 0755)
        .directory("usr/bin", 0755)
        .symlink("usr/bin/env", "/bin/env");
  }

  /**
   * Adds {@code node:latest}: this machine's node with the libraries it is linked to, npm, busybox,
   * and the certificates that this machine trusts.
   */
  static String addNode(TestRegistry registry, Path work) throws IOException, InterruptedException {
    Path node = Path.of("/usr/bin/node").toRealPath();
    Path system = work.resolve("node-system.tar.gz");
    try (TestLayer layer = TestLayer.create(system)) {
      skeleton(layer);
      layer.directory("etc/ssl", 0755).directory("etc/ssl/certs", 0755);
      Path certificates = Path.of("/etc/ssl/certs/ca-certificates.crt");
      layer.file("etc/ssl/certs/ca-certificates.crt", 0644, certificates);
    }
    Path program = work.resolve("node-program.tar.gz");
    try (TestLayer layer = TestLayer.create(program)) {
      layer.file("usr/bin/node", 0755, node);
      for (Path library : libraries(node)) {
        layer.file(library.toString().substring(1), 0755, library.toRealPath());
      }
    }
    Path npm = work.resolve("node-npm.tar.gz");
    try (TestLayer layer = TestLayer.create(npm)) {
      Path home = Path.of("/usr/bin/npm").toRealPath().resolve("../..").normalize();
      addTree(layer, home, "usr/lib/node_modules/npm");
      layer.symlink("usr/bin/npm", "../lib/node_modules/npm/bin/npm-cli.js");
    }
    return registry.add(
        "node",
        Map.of(
            "Env",
            List.of(PATH, "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt"),
            "Cmd",
            List.of("node")),
        List.of(system, program, npm));
  }

  private static List<Path> libraries(Path program) throws IOException, InterruptedException {
    Process ldd = new ProcessBuilder("ldd", program.toString()).start();
    String output;
    try (var in = ldd.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (ldd.waitFor() != 0) {
      throw new AssertionError("ldd " + program + " failed");
    }
    return output
        .lines()
        .flatMap(line -> Stream.of(line.strip().split("\\s+")))
        .filter(word -> word.startsWith("/"))
        .map(Path::of)
        .toList();
  }

  private static void addTree(TestLayer layer, Path from, String to) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(from)) {
      all = walk.sorted().toList();
    }
    for (Path each : all) {
      String path = each.equals(from) ? to : to + "/" + from.relativize(each);
      if (Files.isSymbolicLink(each)) {
        layer.symlink(path, Files.readSymbolicLink(each).toString());
      } else if (Files.isDirectory(each)) {
        layer.directory(path, 0755);
      } else {
        layer.file(path, Files.isExecutable(each) ? 0755 : 0644, each);
      }
    }
  }
}
