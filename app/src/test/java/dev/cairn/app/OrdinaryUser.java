package dev.cairn.app;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * A user of this machine who is not root, made for a test, with a copy of the program that
 * everybody may read; all of it goes with the test. The user's own processes run where {@code
 * /dev/net/tun} is open to everybody, as distributions have it.
 */
// Who interrupts a test while it cleans up wants it to end.
@SuppressWarnings("try")
final class OrdinaryUser implements AutoCloseable {
  /** Above the numbers that root gives to steps. */
  private static final long HIGHEST = 3_000_000_000L;

  private static final int RANGE = 65_536;

  /** What the names of all such users begin with. */
  static final String PREFIX = "cairn-t-";

  private final String name;
  private final int uid;
  private final Path home;
  private final Path program;
  private String failing = "";

  private OrdinaryUser(String name, int uid, Path home, Path program) {
    this.name = name;
    this.uid = uid;
    this.home = home;
    this.program = program;
  }

  /** One with subordinate numbers. */
  static OrdinaryUser withRange(Path work) throws IOException, InterruptedException {
    OrdinaryUser user = create(work);
    long first = HIGHEST + RANGE * (long) new Random().nextInt(10_000);
    String range = first + "-" + (first + RANGE - 1);
    Commands.succeed(work, "usermod", "--add-subuids", range, "--add-subgids", range, user.name);
    return user;
  }

  /** One without. */
  static OrdinaryUser withOneNumber(Path work) throws IOException, InterruptedException {
    return create(work);
  }

  private static OrdinaryUser create(Path work) throws IOException, InterruptedException {
    byte[] random = new byte[4];
    new Random().nextBytes(random);
    String name = PREFIX + HexFormat.of().formatHex(random);
    Path home = work.resolve(name);
    Files.createDirectories(work);
    for (Path each = work; each != null; each = each.getParent()) {
      if (!each.equals(Path.of("/tmp"))) {
        Commands.succeed(work, "chmod", "a+x", each.toString());
      }
    }
    Commands.succeed(
        work, "useradd", "--create-home", "--home-dir", home.toString(), "-s", "/bin/sh", name);
    for (String kind : List.of("uid", "gid")) {
      for (String line : Files.readAllLines(Path.of("/etc/sub" + kind))) {
        String[] fields = line.split(":");
        if (fields[0].equals(name)) {
          long first = Long.parseLong(fields[1]);
          String range = first + "-" + (first + Long.parseLong(fields[2]) - 1);
          Commands.succeed(work, "usermod", "--del-sub" + kind + "s", range, name);
        }
      }
    }
    int uid = Integer.parseInt(Commands.succeed(work, "id", "-u", name).strip());
    return new OrdinaryUser(name, uid, home, install(work.resolve("program-" + name)));
  }

  /** What a package would hold: the launcher, its scripts, our classes and theirs, no sources. */
  private static Path install(Path program) throws IOException {
    Path libraries = Files.createDirectories(program.resolve("app/target/lib"));
    Path source = Path.of("..").toAbsolutePath().normalize();
    Files.createDirectories(program.resolve("scripts"));
    for (String script : List.of("cairn", "scripts/rootless")) {
      Files.copy(
          source.resolve(script), program.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
    }
    int number = 0;
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(each);
      if (each.endsWith("test-classes")) {
        continue;
      }
      if (Files.isDirectory(path)) {
        boolean own = path.toAbsolutePath().normalize().startsWith(source.resolve("app"));
        pack(
            path,
            own
                ? program.resolve("app/target/cairn-app-0.1.0.jar")
                : libraries.resolve("room-" + number++ + ".jar"));
      } else {
        Files.copy(
            path, libraries.resolve(path.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.createFile(program.resolve("app/target/built"));
    return program;
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }

  String name() {
    return name;
  }

  Path home() {
    return home;
  }

  /** A script of the program's. */
  Path script(String path) {
    return program.resolve(path);
  }

  /** A directory of the user's with this text as its Dockerfile, and a busybox. */
  Path project(String dockerfile) throws IOException, InterruptedException {
    Path project = Files.createTempDirectory(home, "project");
    Files.writeString(project.resolve("Dockerfile"), dockerfile);
    Files.copy(TestImages.BUSYBOX, project.resolve("busybox"), LinkOption.NOFOLLOW_LINKS);
    Commands.succeed(home, "chown", "-R", name, project.toString());
    return project;
  }

  /** From now on a program of the machine's fails for this user. */
  void failing(String name) throws IOException, InterruptedException {
    String place = Commands.succeed(home, "sh", "-c", "command -v \"$0\"", name).strip();
    failing += "mount --bind /bin/false '" + place + "'; ";
  }

  /** Runs the launcher as this user. */
  LiveServer.Outcome cairn(String... arguments) throws IOException, InterruptedException {
    return cairn(Map.of(), arguments);
  }

  LiveServer.Outcome cairn(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("cairn-user", ".out");
    Path err = Files.createTempFile("cairn-user", ".err");
    try {
      var command = command(true, environment, arguments);
      var process =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("no end: " + command + "\n" + Files.readString(err));
      }
      return new LiveServer.Outcome(
          process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  /** Starts the launcher as this user; the process is the launcher's. */
  Process start(Path log, String... arguments) throws IOException {
    return start(Map.of(), log, arguments);
  }

  /** The same with more environment. */
  Process start(Map<String, String> environment, Path log, String... arguments) throws IOException {
    return new ProcessBuilder(command(true, environment, arguments))
        .directory(home.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Runs it where {@code /dev/net/tun} is root's alone. */
  LiveServer.Outcome cairnWithoutTunnel(String... arguments)
      throws IOException, InterruptedException {
    var outcome = Commands.run(home, Map.of(), command(false, Map.of(), arguments));
    return new LiveServer.Outcome(outcome.code(), outcome.output(), outcome.output());
  }

  private List<String> command(boolean tunnel, Map<String, String> environment, String... arguments)
      throws IOException {
    Path device = home.resolveSibling("tun-" + name + "-" + tunnel);
    if (!Files.exists(device)) {
      var made =
          new ProcessBuilder(
                  "mknod", "-m", tunnel ? "666" : "600", device.toString(), "c", "10", "200")
              .start();
      made.onExit().join();
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--",
                "sh",
                "-c",
                "mount --bind \"$0\" /dev/net/tun; " + failing + "exec \"$@\"",
                device.toString()));
    command.addAll(
        List.of("setpriv", "--reuid", name, "--regid", name, "--init-groups", "env", "-i"));
    command.add("HOME=" + home);
    command.add("USER=" + name);
    command.add("PATH=/usr/local/bin:/usr/bin:/bin");
    command.add("JAVA_HOME=" + System.getProperty("java.home"));
    command.add("CAIRN_AOT=off");
    environment.forEach((key, value) -> command.add(key + "=" + value));
    command.add(program.resolve("cairn").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Command lines of this user and of the user's subordinates, as far as they are in a session. */
  Set<String> processes() throws IOException {
    var found = new TreeSet<String>();
    try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        try {
          if ((int) Files.getAttribute(process, "unix:uid") == uid) {
            byte[] line = Files.readAllBytes(process.resolve("cmdline"));
            found.add(
                process.getFileName()
                    + " "
                    + new String(line, StandardCharsets.UTF_8).replace('\0', ' '));
          }
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    }
    return found;
  }

  /** Those that are left after a while. */
  Set<String> lastingProcesses() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!processes().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    return processes();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (String process : processes()) {
      long pid = Long.parseLong(process.substring(0, process.indexOf(' ')));
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    lastingProcesses();
    Commands.succeed(Path.of("/"), "userdel", name);
    Commands.succeed(Path.of("/"), "rm", "-rf", home.toString(), program.toString());
  }
}
