package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that keep an installation: audit, backup and restore, on a real server. */
@Tag("slow")
class KeepingTest {

  private static LiveServer.Outcome cairn(List<String> environment, String... words)
      throws Exception {
    return LiveServer.run(new byte[0], environment, words);
  }

  @Test
  void verifiesTheAuditLogAndNamesWhatWasChanged(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    try (var server = LiveServer.start(work.resolve("data"), List.of())) {
      String admin = server.token("acme", "system:admin", "secret:write");
      var asAdmin = List.of("CAIRN_SERVER=" + server.url(), "CAIRN_TOKEN=" + admin);
      Path value = Files.writeString(work.resolve("value"), "k4narienvogel");
      cairn(asAdmin, "secret", "set", "npm", value.toString());
      cairn(List.of(asAdmin.get(0), "CAIRN_TOKEN=cairn_wrong"), "builds");
      var log = cairn(asAdmin, "audit", "log");
      assertThat(log.output())
          .contains("secret.set", "npm", "token.issued", "local", "login.refused", "server.started")
          .doesNotContain("k4narienvogel")
          .doesNotContain("cairn_wrong");
      assertThat(cairn(asAdmin, "audit", "log", "--action", "secret.").output())
          .contains("secret.set")
          .doesNotContain("token.issued");
      var verified = cairn(asAdmin, "audit", "verify");
      assertThat(verified.exitCode()).as(verified.error()).isZero();
      String head = verified.output().lines().toList().getLast();
      // Killed and started again, it goes on where it stood.
      server.kill();
      server.restart();
      Path anchor = Files.writeString(work.resolve("kept"), head + "\n");
      var again = cairn(asAdmin, "audit", "verify", "--anchor", anchor.toString());
      assertThat(again.exitCode()).as(again.error()).isZero();
      try (var connection =
              DriverManager.getConnection("jdbc:sqlite:" + work.resolve("data/cairn.db"));
          var statement = connection.createStatement()) {
        statement.execute("UPDATE audit_entry SET object = 'other' WHERE action = 'secret.set'");
      }
      for (var where : List.of(List.<String>of(), List.of("--data", work + "/data"))) {
        var words = new java.util.ArrayList<>(List.of("audit", "verify"));
        words.addAll(where);
        var found = cairn(asAdmin, words.toArray(String[]::new));
        assertThat(found.exitCode()).isEqualTo(1);
        assertThat(found.error()).contains("was changed, or stands where another one stood");
      }
    }
  }

  @Test
  void backsARunningServerUpAndRestoresItElsewhere(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    Path kept = work.resolve("kept");
    Path keys = work.resolve("keys");
    Path data = work.resolve("restored");
    String token;
    String build;
    try (var bench = Workbench.start(work.resolve("bench"))) {
      token = bench.token();
      build = bench.submit("FROM " + bench.base() + "\nRUN echo kept > /kept\n");
      assertThat(bench.finished(build).path("state").asString("")).isEqualTo("ready");
      var made =
          cairn(
              List.of(),
              "backup",
              "--data",
              bench.server().data().toString(),
              "--to",
              kept.toString(),
              "--keys",
              keys.toString());
      assertThat(made.exitCode()).as(made.error()).isZero();
      assertThat(made.error()).contains("keys: ").contains("secrets.key");
      assertThat(bench.build(build).path("state").asString("")).isEqualTo("ready");
    }
    var restored =
        cairn(
            List.of(),
            "restore",
            kept.toString(),
            "--data",
            data.toString(),
            "--keys",
            keys.toString());
    assertThat(restored.exitCode()).as(restored.error()).isZero();
    try (var server = LiveServer.start(data, List.of())) {
      var environment = List.of("CAIRN_SERVER=" + server.url(), "CAIRN_TOKEN=" + token);
      assertThat(cairn(environment, "builds").output()).contains(build).contains("ready");
      assertThat(cairn(environment, "logs", build).exitCode()).isZero();
    }
    var refused = cairn(List.of(), "restore", kept.toString(), "--data", data.toString());
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.error()).contains("is not empty");
  }
}
