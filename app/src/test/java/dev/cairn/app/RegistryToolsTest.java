package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tools that people use, unmodified: docker with a daemon, podman, skopeo, and containerd's ctr
 * each log in, push, pull and see what was deleted, over http and over TLS with the self-made
 * certificate. Only skopeo can delete in a registry; the others then find nothing.
 *
 * <p>Docker takes every registry on the loopback without checking its certificate, so here it is
 * podman, skopeo and ctr that prove the trust in our authority.
 */
@Tag("all")
class RegistryToolsTest {
  @TempDir Path directory;

  /** How the registry is reached. */
  enum Transport {
    HTTP,
    TLS
  }

  private record Registry(String host, Path authority, Transport transport) {
    String image(String name) {
      return host + "/acme/" + name;
    }

    boolean tls() {
      return transport == Transport.TLS;
    }
  }

  @ParameterizedTest
  @EnumSource
  void servesWhatPeopleUse(Transport transport) throws Exception {
    Needed.rootAnd("dockerd", "docker", "ctr", "podman", "skopeo");
    int tls = freePort();
    try (var server =
            LiveServer.start(
                directory.resolve("data"), List.of(), "--tls-listen", "127.0.0.1:" + tls);
        var docker = DockerDaemon.start(directory.resolve("docker"))) {
      String token =
          LiveServer.cairn(
                  "token",
                  "create",
                  "--data",
                  server.data().toString(),
                  "--tenant",
                  "acme",
                  "--repository",
                  "**:pull,push,delete")
              .strip();
      var registry =
          new Registry(
              transport == Transport.TLS ? "127.0.0.1:" + tls : server.host(),
              server.data().resolve("tls/authority.crt"),
              transport);

      byDocker(docker, registry, token);
      byPodman(registry, token);
      bySkopeo(registry, token);
      byContainerd(docker, registry, token);

      assertThat(server.log())
          .as("tokens were fetched")
          .contains("/v2/token")
          .doesNotContain(token);
    }
  }

  @Test
  void servesItsOwnCommandLineOverTls() throws Exception {
    int tls = freePort();
    try (var server =
        LiveServer.start(
            directory.resolve("data"), List.of(), "--tls-listen", "127.0.0.1:" + tls)) {
      List<String> environment =
          new ArrayList<>(
              List.of(
                  "CAIRN_SERVER=https://127.0.0.1:" + tls, "CAIRN_TOKEN=" + server.token("acme")));
      assertThat(LiveServer.run(new byte[0], environment, "builds").error())
          .as("without our authority")
          .contains("certificat");
      environment.add("CAIRN_CERTIFICATES=" + server.data().resolve("tls/authority.crt"));
      var trusted = LiveServer.run(new byte[0], environment, "builds");
      assertThat(trusted.exitCode()).as(trusted.error()).isZero();
      assertThat(LiveServer.cairn("certificate", "--data", server.data().toString()))
          .contains("sha-256")
          .contains("127.0.0.1");
    }
  }

  private static int freePort() throws IOException {
    try (var probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  private void byDocker(DockerDaemon docker, Registry registry, String token) throws Exception {
    Path tar = directory.resolve("image.tar");
    Files.writeString(directory.resolve("hello"), "hello");
    Commands.succeed(directory, "tar", "-cf", tar.toString(), "hello");
    String image = registry.image("by/docker:1");
    docker.run("import", tar.toString(), image);
    assertThat(docker.outcome("push", image).code()).as("a push without a login").isNotZero();
    assertThat(docker.outcome("login", "-u", "any", "-p", "wrong", registry.host()).code())
        .as("a wrong login")
        .isNotZero();
    docker.run("login", "-u", "any", "-p", token, registry.host());
    docker.run("push", image);
    docker.run("rmi", image);
    docker.run("pull", image);
    // A second repository gets the layer by mount.
    docker.run("tag", image, registry.image("by/docker-too:1"));
    assertThat(docker.run("push", registry.image("by/docker-too:1"))).contains("Mounted from");
    docker.run("rmi", image, registry.image("by/docker-too:1"));
    skopeo(registry, token, "delete", "docker://" + registry.image("by/docker-too:1"));
    assertThat(docker.outcome("pull", registry.image("by/docker-too:1")).output())
        .contains("not found");
    docker.run("logout", registry.host());
  }

  private void byPodman(Registry registry, String token) throws Exception {
    List<String> podman =
        List.of(
            "podman",
            "--root=" + directory.resolve("podman"),
            "--runroot=" + directory.resolve("podman-run"),
            "--storage-driver=vfs");
    try {
      succeed(podman, with(registry, "login", "-u", "any", "-p", token, registry.host()));
      succeed(podman, with(registry, "pull", registry.image("by/docker:1")));
      succeed(podman, "tag", registry.image("by/docker:1"), registry.image("by/podman:1"));
      succeed(podman, with(registry, "push", registry.image("by/podman:1")));
      succeed(podman, "rmi", "--all", "--force");
      succeed(podman, with(registry, "pull", registry.image("by/podman:1")));
      skopeo(registry, token, "delete", "docker://" + registry.image("by/podman:1"));
      assertThat(outcome(podman, with(registry, "pull", registry.image("by/podman:1"))).output())
          .contains("manifest unknown");
    } finally {
      outcome(podman, "rmi", "--all", "--force");
    }
  }

  /** The options by which podman finds its login and our authority. */
  private String[] with(Registry registry, String command, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of(command));
    all.add("--authfile=" + directory.resolve("podman-auth.json"));
    all.addAll(trust(registry, ""));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private List<String> trust(Registry registry, String prefix) throws IOException {
    if (!registry.tls()) {
      return List.of("--" + prefix + "tls-verify=false");
    }
    Path trusted = Files.createDirectories(directory.resolve("trusted"));
    if (Files.notExists(trusted.resolve("ca.crt"))) {
      Files.copy(registry.authority(), trusted.resolve("ca.crt"));
    }
    return List.of("--" + prefix + "tls-verify=true", "--" + prefix + "cert-dir=" + trusted);
  }

  private void bySkopeo(Registry registry, String token) throws Exception {
    String layout = "oci:" + directory.resolve("layout") + ":1";
    List<String> down = new ArrayList<>(List.of("skopeo", "copy", "--src-creds=any:" + token));
    down.addAll(trust(registry, "src-"));
    succeed(down, "docker://" + registry.image("by/docker:1"), layout);
    List<String> up = new ArrayList<>(List.of("skopeo", "copy", "--dest-creds=any:" + token));
    up.addAll(trust(registry, "dest-"));
    succeed(up, layout, "docker://" + registry.image("by/skopeo:1"));
    Path auth = directory.resolve("skopeo-auth.json");
    List<String> login = new ArrayList<>(List.of("skopeo", "login", "--authfile=" + auth));
    login.addAll(trust(registry, ""));
    succeed(login, "-u", "any", "-p", token, registry.host());
    List<String> tags = new ArrayList<>(List.of("skopeo", "list-tags", "--authfile=" + auth));
    tags.addAll(trust(registry, ""));
    assertThat(succeed(tags, "docker://" + registry.image("by/skopeo"))).contains("\"1\"");
    skopeo(registry, token, "delete", "docker://" + registry.image("by/skopeo:1"));
    assertThat(succeed(tags, "docker://" + registry.image("by/skopeo"))).doesNotContain("\"1\"");
    if (registry.tls()) {
      assertThat(
              outcome(
                      List.of("skopeo"),
                      "inspect",
                      "--creds=any:" + token,
                      "docker://" + registry.image("by/docker:1"))
                  .output())
          .as("without our authority")
          .contains("certificate");
    }
  }

  private String skopeo(Registry registry, String token, String command, String... more)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("skopeo", command, "--creds=any:" + token));
    all.addAll(trust(registry, ""));
    return succeed(all, more);
  }

  private void byContainerd(DockerDaemon docker, Registry registry, String token) throws Exception {
    Path hosts = Files.createDirectories(directory.resolve("hosts").resolve(registry.host()));
    Files.writeString(
        hosts.resolve("hosts.toml"),
        registry.tls()
            ? "[host.\"https://%s\"]\n  ca = \"%s\"\n"
                .formatted(registry.host(), registry.authority())
            : "[host.\"http://%s\"]\n".formatted(registry.host()));
    String where = "--hosts-dir=" + directory.resolve("hosts");
    String login = "--user=any:" + token;
    String theirs = registry.image("by/docker:1");
    String own = registry.image("by/containerd:1");
    docker.ctr("images", "pull", where, login, theirs);
    docker.ctr("images", "tag", theirs, own);
    docker.ctr("images", "push", where, login, own);
    docker.ctr("images", "remove", theirs, own);
    docker.ctr("images", "pull", where, login, own);
    docker.ctr("images", "remove", own);
    skopeo(registry, token, "delete", "docker://" + own);
    assertThat(
            Commands.run(
                    directory,
                    Map.of(),
                    List.of(
                        "ctr",
                        "--address=" + directory.resolve("docker/exec/containerd/containerd.sock"),
                        "--namespace=test",
                        "images",
                        "pull",
                        where,
                        login,
                        own))
                .output()
                .toLowerCase(Locale.ROOT)
                .replace(" ", ""))
        .contains("notfound");
  }

  private String succeed(List<String> first, String... more) throws Exception {
    var outcome = outcome(first, more);
    assertThat(outcome.code()).as("%s %s:%n%s", first, List.of(more), outcome.output()).isZero();
    return outcome.output();
  }

  private Commands.Outcome outcome(List<String> first, String... more) throws Exception {
    List<String> command = new ArrayList<>(first);
    command.addAll(List.of(more));
    return Commands.run(directory, Map.of(), command);
  }
}
