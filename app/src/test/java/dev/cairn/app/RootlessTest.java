package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as people without root run it: with subordinate numbers, and without. */
@Tag("slow")
class RootlessTest {
  private static final String START =
      """
      FROM scratch
      COPY busybox /bin/busybox
      RUN ["/bin/busybox", "--install", "-s", "/bin"]
      RUN mkdir -m 1777 /tmp && mkdir -p /etc && echo root:x:0:0::/root:/bin/sh > /etc/passwd
      """;

  @TempDir static Path work;

  private static OrdinaryUser user;
  private static OrdinaryUser lonely;

  @BeforeAll
  static void makeUsers() throws Exception {
    Needed.rootAnd("runc", "newuidmap", "useradd", "setpriv", "unshare", "nft", "ip");
    Assumptions.assumeFalse(
        System.getProperty("java.home").startsWith("/root"), "this Java is root's alone");
    user = OrdinaryUser.withRange(work);
    lonely = OrdinaryUser.withOneNumber(work);
  }

  @AfterAll
  static void removeUsers() throws Exception {
    for (OrdinaryUser each : List.of(user, lonely)) {
      each.close();
    }
  }

  private static LiveServer.Outcome build(OrdinaryUser as, Path project, String... more)
      throws IOException, InterruptedException {
    var arguments = new java.util.ArrayList<>(List.of("build", "--progress", "plain"));
    arguments.addAll(List.of(more));
    arguments.add(project.toString());
    return as.cairn(arguments.toArray(String[]::new));
  }

  /** Owners, modes, links, whiteouts, opaque directories: the image is that of root. */
  @Test
  void makesTheSameImageAsRoot() throws Exception {
    Path project =
        user.project(
            START
                + """
                RUN mkdir -p /var/lib/thing/old /home/app && echo 1 > /var/lib/thing/old/a \
                    && chown -R 1000:70 /var/lib/thing && chown 65535:65535 /home/app \
                    && chmod 4755 /bin/busybox && echo 1 > /gone && mkdir -p /full/of/names
                RUN rm -r /var/lib/thing && mkdir -m 2750 /var/lib/thing \
                    && echo 2 > /var/lib/thing/b && chown 65534:65533 /var/lib/thing/b \
                    && ln /var/lib/thing/b /var/lib/thing/c && mkfifo /var/lib/thing/f \
                    && ln -s nowhere /var/lib/thing/l && rm /gone && rm -r /full && mkdir /full
                RUN test ! -e /var/lib/thing/old && test ! -e /gone && test ! -e /full/of \
                    && rm /var/lib/thing/c && echo 3 > /var/lib/thing/d
                COPY --chown=5:6 Dockerfile /copied
                USER 1000:1000
                WORKDIR /home/app
                RUN id > /tmp/id
                """);
    Path theirs = user.home().resolve("same.tar");
    Path ours = work.resolve("same-root.tar");

    var outcome = build(user, project, "--output", "type=oci,dest=" + theirs);
    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    Path data = work.resolve("root-data");
    LiveServer.run(
        new byte[0],
        List.of("CAIRN_DATA=" + data),
        "build",
        "--output",
        "type=oci,dest=" + ours,
        project.toString());

    String image = ImageSummary.ofOciArchive(theirs);
    assertThat(image).isEqualTo(ImageSummary.ofOciArchive(ours));
    assertThat(image).contains("1000:70", "65535:65535", "65534:65533", "5:6");
  }

  @Test
  void tellsItsRungAndKeepsTheServersProcessesTogether() throws Exception {
    int port = freePort();
    Path data = user.home().resolve("served");
    Path log = work.resolve("served.log");
    Process server =
        user.start(log, "serve", "--listen", "127.0.0.1:" + port, "--data", data.toString());
    try {
      awaitHealthy(port, server, log);
      String token =
          user.cairn("token", "create", "--data", data.toString(), "--tenant", "acme")
              .output()
              .strip();
      assertThat(info(port, token)).contains("\"isolation\":\"rootless\"");
      // Each step is in a user namespace of its own, so several tenants are kept apart.
      var second = user.cairn("token", "create", "--data", data.toString(), "--tenant", "other");
      assertThat(second.exitCode()).as(second.error()).isZero();

      Path project = user.project(START + "RUN setsid sleep 4242 & sleep 4242\n");
      Path buildLog = work.resolve("killed.log");
      Process build =
          user.start(
              buildLog,
              "build",
              "--server",
              "http://127.0.0.1:" + port,
              "--token",
              token,
              project.toString());
      awaitProcess("sleep 4242", buildLog);
      server.destroyForcibly();
      assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
      build.destroy();
      build.waitFor(20, TimeUnit.SECONDS);

      // Nobody has started the server again: the kernel did it.
      assertThat(user.lastingProcesses()).isEmpty();
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void stopsInOrderWhenTheLauncherIsToldTo() throws Exception {
    int port = freePort();
    Path log = work.resolve("stopped.log");
    Path data = user.home().resolve("stopped");
    Process server =
        user.start(
            log, "serve", "--grace", "1", "--listen", "127.0.0.1:" + port, "--data", "" + data);
    awaitHealthy(port, server, log);

    server.destroy();

    assertThat(server.waitFor(30, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
    assertThat(server.exitValue()).isEqualTo(143);
    assertThat(Files.readString(log)).contains("stopping");
    assertThat(Files.readString(data.resolve("engine-rootless/boot"))).isEqualTo("clean\n");
    assertThat(user.lastingProcesses()).isEmpty();
  }

  @Test
  void refusesByNameWhatItCannotKeep() throws Exception {
    Path project = user.project(START);

    var limited = build(user, project, "--memory", "512m");
    assertThat(limited.exitCode()).isNotZero();
    assertThat(limited.error())
        .contains("limits.memoryBytes cannot be kept")
        .contains("no control groups");

    Path config = Files.writeString(work.resolve("limits.yaml"), "limits: {cpus: 2}\n");
    var promised = user.cairn("serve", "--config", config.toString());
    assertThat(promised.exitCode()).isNotZero();
    assertThat(promised.error()).contains("limits.cpus cannot be kept");
  }

  @Test
  void keepsTheNumberOfProcesses() throws Exception {
    Path project =
        user.project(
            START
                + """
                RUN i=0; while [ $i -lt 60 ]; do sleep 3 & i=$((i+1)); done; wait
                """);

    var bounded = build(user, project, "--pids-limit", "30");
    assertThat(bounded.exitCode()).isNotZero();
    assertThat(bounded.error()).contains("can't fork");
    var free = build(user, project);
    assertThat(free.exitCode()).as(free.error()).isZero();
  }

  @Test
  void saysWhichNumbersItDoesNotHave() throws Exception {
    var run = build(user, user.project(START + "USER 70000\nRUN true\n"));
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.error()).contains("0 to 0, 1 to 65535 here, not 70000");

    var copy = build(user, user.project(START + "COPY --chown=70000 Dockerfile /f\nRUN true\n"));
    assertThat(copy.exitCode()).isNotZero();
    assertThat(copy.error()).contains("/f belongs to user 70000", "0 to 65535", "/etc/subuid");
  }

  @Test
  void withOneNumberOwnersArePretendedAndSoIsSaid() throws Exception {
    Path project =
        lonely.project(
            START
                + """
                RUN echo 1 > /f && chown 33:33 /f && chown -h daemon /f; chgrp 5 /f && ls -ln /f
                COPY --chown=5:6 Dockerfile /copied
                USER 1000
                RUN touch /copied && echo i am $(id -u)
                """);
    Path image = lonely.home().resolve("one.tar");

    var outcome = build(lonely, project, "--output", "type=oci,dest=" + image);

    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    assertThat(outcome.error())
        .contains("only one user number is there")
        .contains("usermod --add-subuids")
        .contains("chown and change of user seem to work and do nothing")
        .contains("i am 0");
    // What COPY gives somebody stays that one's, also when a command has touched it.
    assertThat(ImageSummary.ofOciArchive(image))
        .contains("file copied 644 5:6")
        .contains("file f 644 0:0");
  }

  @Test
  void withoutATunnelStepsHaveNoNetworkAndBuildsSayWhy() throws Exception {
    Path project = user.project(START + "RUN ip address | grep -c ' lo' && ! ip route | grep .\n");

    var outcome = user.cairnWithoutTunnel("build", "--progress", "plain", project.toString());

    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    assertThat(outcome.error()).contains("Commands have no network").contains("chmod 666");
  }

  @Test
  void stepsGoOutBehindTheFilter() throws Exception {
    Needed.rootAnd("pasta");
    // 198.18.0.0/15 is for such tests (RFC 2544) and refused like every internal range.
    Path project =
        user.project(
            START
                + """
                RUN ip route | grep default && ! nc -w 3 198.19.255.1 80 </dev/null \
                    && ! nc -w 3 127.0.0.1 22 </dev/null
                """);

    var outcome = build(user, project);

    assertThat(outcome.exitCode()).as(outcome.error()).isZero();
    assertThat(outcome.error())
        .contains("The network policy refused this step: 198.19.255.1:80 (tcp)");
  }

  @Test
  void namesTheSwitchThatForbidsUserNamespaces() throws Exception {
    String none = "echo 0 > /proc/sys/user/max_user_namespaces; ";
    assertThat(check(none)).contains("user.max_user_namespaces is 0", "sysctl -w user.max_user");
    assertThat(check(none + faked("kernel", "unprivileged_userns_clone", "0")))
        .contains("sysctl -w kernel.unprivileged_userns_clone=1");
    assertThat(check(none + faked("kernel", "apparmor_restrict_unprivileged_userns", "1")))
        .contains("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
    assertThat(check(none + faked("kernel", "nothing", "1")))
        .contains("no user namespace can be made here")
        .contains("seccomp=unconfined");
  }

  /** A kernel that has this setting: the files lie over those of this one. */
  private static String faked(String directory, String setting, String value) {
    return "mount -t tmpfs t /proc/sys/user; echo 9 > /proc/sys/user/max_user_namespaces; "
        + "mount -t tmpfs t /proc/sys/%s; echo %s > /proc/sys/%s/%s; "
            .formatted(directory, value, directory, setting);
  }

  /** The launcher's check in a user namespace whose limit is its own. */
  private static String check(String before) throws Exception {
    var outcome =
        Commands.run(
            work,
            Map.of(),
            List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "--fork",
                "sh",
                "-c",
                before + "exec \"$0\" check",
                user.script("scripts/rootless").toString()));
    assertThat(outcome.code()).isEqualTo(69);
    return outcome.output();
  }

  @Test
  void theDoctorKnowsBothKindsOfUsers() throws Exception {
    assertThat(user.cairn("doctor").output()).contains("rung rootless,");
    assertThat(lonely.cairn("doctor").output())
        .contains("rung rootless-single-id")
        .contains("usermod --add-subuids");
  }

  private static int freePort() throws IOException {
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static String info(int port, String token) throws IOException {
    var connection = connection(port, "/api/v1/info");
    connection.setRequestProperty("Authorization", "Bearer " + token);
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private static HttpURLConnection connection(int port, String path) throws IOException {
    return (HttpURLConnection)
        URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
  }

  private static void awaitHealthy(int port, Process server, Path log) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (server.isAlive() && System.nanoTime() < end) {
      try {
        if (connection(port, "/health").getResponseCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not yet.
        Thread.sleep(50);
      }
    }
    throw new AssertionError("no server: " + Files.readString(log));
  }

  private static void awaitProcess(String line, Path log) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (user.processes().stream().noneMatch(each -> each.contains(line))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no process " + line + ":\n" + Files.readString(log));
      }
      Thread.sleep(50);
    }
  }
}
