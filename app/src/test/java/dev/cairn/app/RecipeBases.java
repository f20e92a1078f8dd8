package dev.cairn.app;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The images that recipes begin from. Those with programs that speak HTTPS hold the authorities
 * that this machine trusts, as the image of an operator behind a proxy does.
 */
final class RecipeBases {
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final String AUTHORITIES = "/etc/ssl/machine.crt";

  /** More than the cases need: awk and the like for scripts. */
  private static final List<String> MORE_APPLETS =
      List.of(
          "awk",
          "basename",
          "chroot",
          "cmp",
          "cpio",
          "df",
          "diff",
          "dirname",
          "du",
          "expr",
          "gunzip",
          "gzip",
          "kill",
          "killall",
          "losetup",
          "md5sum",
          "mktemp",
          "mount",
          "nc",
          "nproc",
          "nslookup",
          "od",
          "patch",
          "realpath",
          "seq",
          "setsid",
          "shuf",
          "start-stop-daemon",
          "su",
          "sysctl",
          "tee",
          "timeout",
          "truncate",
          "uniq",
          "unshare",
          "usleep",
          "which",
          "whoami",
          "xxd");

  private static final String[] TOOLS = {
    "acl", "attr", "ca-certificates", "e2fsprogs", "gcc", "git", "gnupg", "iputils-ping",
    "libc6-dev", "libcap2-bin", "locales", "make", "openssh-client", "openssl", "procps", "python3",
    "python3-pip", "python3-venv", "sqlite3", "strace", "sudo"
  };

  private RecipeBases() {}

  /** Adds these bases to the registry. */
  static void add(Set<String> names, TestRegistry registry, Path work)
      throws IOException, InterruptedException {
    for (String name : names) {
      switch (name) {
        case "busybox" -> addBusybox(registry, work);
        case "debian" -> {
          Path root = DebianBase.make("indexes", true);
          registry.add("recipes/debian", Map.of("Env", List.of(PATH)), List.of(root));
        }
        case "tools" -> {
          Path root = DebianBase.make("tools", false, TOOLS);
          registry.add("recipes/tools", environment(), List.of(root, authorities(work)));
        }
        case "node" -> {
          TestImages.addNode(registry, work);
          registry.rename("node", "recipes/node");
        }
        case "go" -> addGo(registry, work);
        default -> throw new AssertionError("no base has the name " + name);
      }
    }
  }

  private static void addBusybox(TestRegistry registry, Path work) throws IOException {
    TestImages.addBusybox(registry, work);
    Path layer = work.resolve("recipes-busybox.tar.gz");
    try (var applets = TestLayer.create(layer)) {
      for (String applet : MORE_APPLETS) {
        applets.symlink("bin/" + applet, "busybox");
      }
      applets.directory("var", 0755).directory("var/lib", 0755).directory("run", 0755);
    }
    registry.add(
        "recipes/busybox",
        Map.of("Env", List.of(PATH)),
        List.of(work.resolve("busybox.tar.gz"), layer));
  }

  private static Map<String, Object> environment() {
    return Map.of(
        "Env",
        List.of(
            PATH,
            "SSL_CERT_FILE=" + AUTHORITIES,
            "PIP_CERT=" + AUTHORITIES,
            "PIP_DISABLE_PIP_VERSION_CHECK=1"));
  }

  private static Path authorities(Path work) throws IOException {
    Path layer = work.resolve("authorities.tar.gz");
    try (var files = TestLayer.create(layer)) {
      files
          .directory("etc/ssl", 0755)
          .file(AUTHORITIES.substring(1), 0644, Path.of("/etc/ssl/certs/ca-certificates.crt"));
    }
    return layer;
  }

  /** This machine's Go with what a build needs of its sources. */
  private static void addGo(TestRegistry registry, Path work)
      throws IOException, InterruptedException {
    Path root = Path.of(Commands.succeed(work, "go", "env", "GOROOT").strip());
    Path skeleton = work.resolve("go-skeleton.tar.gz");
    if (!Files.exists(work.resolve("busybox.tar.gz"))) {
      TestImages.addBusybox(registry, work);
    }
    Files.copy(work.resolve("busybox.tar.gz"), skeleton);
    Path layer = work.resolve("go.tar.gz");
    try (var files = TestLayer.create(layer)) {
      files.directory("usr/local", 0755).directory("usr/local/go", 0755);
      for (String name : List.of("VERSION", "go.env")) {
        if (Files.exists(root.resolve(name))) {
          files.file("usr/local/go/" + name, 0644, root.resolve(name).toRealPath());
        }
      }
      for (String part : List.of("bin", "pkg", "src")) {
        addGoFiles(files, root.resolve(part).toRealPath(), "usr/local/go/" + part);
      }
    }
    registry.add(
        "recipes/go",
        Map.of(
            "Env",
            List.of(
                PATH + ":/usr/local/go/bin",
                "SSL_CERT_FILE=" + AUTHORITIES,
                "CGO_ENABLED=0",
                "GOTOOLCHAIN=local")),
        List.of(skeleton, layer, authorities(work)));
  }

  private static void addGoFiles(TestLayer files, Path from, String to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes)
              throws IOException {
            String name = each.getFileName().toString();
            if (name.equals("testdata") || each.equals(from.resolve("cmd"))) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            files.directory(path(each), 0755);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path each, BasicFileAttributes attributes)
              throws IOException {
            if (!each.toString().endsWith("_test.go")) {
              files.file(path(each), Files.isExecutable(each) ? 0755 : 0644, each.toRealPath());
            }
            return FileVisitResult.CONTINUE;
          }

          private String path(Path each) {
            return each.equals(from) ? to : to + "/" + from.relativize(each);
          }
        });
  }
}
