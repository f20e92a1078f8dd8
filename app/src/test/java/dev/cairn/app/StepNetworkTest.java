package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What steps of a real server reach: not the server itself, and the mirrors that it allows. */
@Tag("all")
class StepNetworkTest {
  @TempDir Path work;

  @Test
  void aStepDoesNotReachTheServerThatRunsIt() throws Exception {
    Needed.rootAnd("runc", "skopeo", "nft", "ip");
    try (var workbench = Workbench.start(work)) {
      String port = workbench.server().host().replaceAll(".*:", "");
      JsonNode build =
          workbench.finished(
              workbench.submit(
                  """
                  FROM %s
                  RUN for a in 127.0.0.1 $(sed 's/nameserver //' /etc/resolv.conf); do \
                        wget -q -O - http://$a:%s/health && exit 9; done; echo shut in
                  """
                      .formatted(workbench.base(), port)));
      assertThat(build.path("state").asString()).as(build.toString()).isEqualTo("ready");
      assertThat(build.at("/result/usage/figures/network.refused").asLong(0)).isPositive();
      assertThat(workbench.events(build.path("id").asString()).toString())
          .contains("shut in", "network-refused", ":" + port + " (tcp)");
    }
  }

  @Test
  void aDebianStepUsesItsMirrorAndNothingElse() throws Exception {
    Needed.rootAnd("runc", "mmdebstrap", "nft", "ip");
    Path authorities = work.resolve("authorities.pem");
    Commands.succeed(
        work,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=Test Authority",
        "-keyout",
        "key.pem",
        "-out",
        authorities.toString());
    Path base = NpmProjectTest.debianBase();
    try (var workbench = Workbench.start(work, "--certificates", authorities.toString())) {
      workbench.registry().add("debian", Map.of(), List.of(base));
      // What the operator's bundle brings, the step sees; the image's own bundle stays its own.
      assertThat(
              build(
                  workbench,
                  "listed",
                  """
                  RUN apt-get update && apt-get install -y --no-install-recommends hello
                  RUN openssl version -d || true; grep -c BEGIN "$SSL_CERT_FILE" && update-ca-certificates \
                      && test -s /etc/ssl/certs/ca-certificates.crt && test -f "$APT_CONFIG"
                  """,
                  "--allow-host=deb.debian.org",
                  "--allow-host=security.debian.org"))
          .isZero();
      String summary = ImageSummary.ofOciArchive(work.resolve("listed.tar"));
      assertThat(summary)
          .contains("file usr/bin/hello ")
          .doesNotContain("run/cairn")
          .doesNotContain("SSL_CERT_FILE=");
      assertThat(
              build(
                  workbench,
                  "unlisted",
                  "RUN apt-get update -o APT::Update::Error-Mode=any",
                  "--allow-host=example.org"))
          .isEqualTo(1);
      assertThat(
              build(
                  workbench,
                  "none",
                  "RUN ! apt-get update -o APT::Update::Error-Mode=any",
                  "--network=none"))
          .isZero();
    }
  }

  private int build(Workbench workbench, String name, String lines, String... options)
      throws IOException {
    Path project = Files.createDirectory(work.resolve(name));
    Files.writeString(
        project.resolve("Dockerfile"), "FROM " + workbench.registry().host() + "/debian\n" + lines);
    var arguments = new java.util.ArrayList<>(List.of("build", "--progress", "plain"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--output", "type=oci,dest=" + work.resolve(name + ".tar"), "."));
    var outcome = workbench.cairn(project, arguments.toArray(String[]::new));
    System.out.println(outcome.error());
    return outcome.exitCode();
  }
}
