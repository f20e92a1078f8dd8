package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The official client of the Hypeman dialect, unmodified; the suite is in {@code clients/}. */
@Tag("all")
class HypemanClientTest {
  private static final String USUAL_AND_ADMIN =
      "build:read,build:write,build:delete,image:read,image:write,image:delete,build:admin";

  @Test
  void theOfficialClientFindsWhatItExpects(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc", "node", "npm", "skopeo");
    Path suite = Path.of("..", "clients", "hypeman").toAbsolutePath().normalize();
    if (!Files.isDirectory(suite.resolve("node_modules"))) {
      Commands.succeed(suite, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
    }
    try (var elsewhere = LiveServer.start(work.resolve("elsewhere"), List.of());
        var workbench =
            Workbench.start(
                work,
                "--slots",
                "2",
                "--allow-address",
                "127.0.0.1/32" + elsewhere.host().substring(elsewhere.host().indexOf(':')),
                "--plain-http",
                elsewhere.host())) {
      LiveServer server = workbench.server();
      LiveServer.cairn(
          "s3cret-canary-value".getBytes(StandardCharsets.UTF_8),
          "secret",
          "set",
          "--data",
          server.data().toString(),
          "--tenant",
          "acme",
          "npm_token",
          "-");
      Map<String, String> environment = new HashMap<>();
      environment.put("CAIRN_URL", server.url());
      environment.put("CAIRN_TOKEN", workbench.token());
      environment.put("CAIRN_ADMIN_TOKEN", server.token("acme", USUAL_AND_ADMIN));
      environment.put("CAIRN_PUSH_HOST", elsewhere.host());
      String theirs = elsewhere.token("guest");
      environment.put("CAIRN_PUSH_PASSWORD", theirs);
      environment.put("CAIRN_BASE", workbench.base());
      environment.put("CAIRN_BASE_DIGEST", workbench.registry().latest("busybox"));

      Commands.Outcome outcome = Commands.run(suite, environment, List.of("npm", "test"));

      assertThat(outcome.code()).as(outcome.output()).isZero();
      copiesTheNewestImage(workbench, work);
      noSecretIsKept(server);
      assertThat(server.log()).doesNotContain(theirs, "wr0ng-canary-password");
    }
  }

  private static void copiesTheNewestImage(Workbench workbench, Path work) throws Exception {
    String list = workbench.send(workbench.request("/builds")).body();
    for (JsonNode build : JsonMapper.shared().readTree(list)) {
      if (build.get("status").asString().equals("ready")) {
        String reference = build.get("image_ref").asString();
        Commands.succeed(
            work,
            "skopeo",
            "copy",
            "--quiet",
            "--src-tls-verify=false",
            "--src-creds=any:" + workbench.token(),
            "docker://" + reference,
            "oci:" + work.resolve("copied") + ":latest");
        String index = Files.readString(work.resolve("copied").resolve("index.json"));
        assertThat(index).contains(build.get("image_digest").asString());
        return;
      }
    }
    throw new AssertionError("no build is ready: " + list);
  }

  private static void noSecretIsKept(LiveServer server) throws Exception {
    Commands.Outcome found =
        Commands.run(
            server.data(),
            Map.of(),
            List.of(
                "grep",
                "-rlF",
                // The engine's directory once more, as steps see it.
                "--exclude-dir=mapped",
                "s3cret-canary-value",
                server.data().toString()));
    assertThat(found.output()).isEmpty();
    assertThat(server.log()).doesNotContain("s3cret-canary-value");
  }
}
