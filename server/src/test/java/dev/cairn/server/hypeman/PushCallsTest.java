package dev.cairn.server.hypeman;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.oci.registry.Credential;
import dev.cairn.server.RealServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code /pushes} over the real service; what they push is only pretended. */
class PushCallsTest {
  @TempDir Path directory;
  private RealServer server;
  private String token;

  @BeforeEach
  void start() throws Exception {
    server = new RealServer(directory);
    token = server.token("acme");
    server.finishedBuild(token);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private HttpResponse<String> push(String members) throws Exception {
    return server.json("POST", "/pushes", token, "{" + members.replace('\'', '"') + "}");
  }

  private JsonNode ended(String id) throws Exception {
    for (int n = 0; n < 1000; n++) {
      JsonNode push = RealServer.tree(server.get("/pushes/" + id, token));
      if (!push.path("completed_at").isNull()) {
        return push;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("push " + id + " did not end");
  }

  @Test
  void pushesAndShowsIt() throws Exception {
    var go = new CountDownLatch(1);
    server.publisher().work((order, image, listener) -> go.await());
    var accepted =
        push(
            "'image':'app:1','target':'registry.test/team/app','unknown':1,'credentials':"
                + "{'username':'me','password':'s3cret'}");

    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    JsonNode push = RealServer.tree(accepted);
    String id = push.path("id").asString();
    assertThat(accepted.headers().firstValue("Location")).contains("/pushes/" + id);
    assertThat(accepted.headers().firstValue("Retry-After")).contains("2");
    assertThat(push.path("target").asString()).isEqualTo("registry.test/team/app:latest");
    assertThat(push.path("image").asString()).isEqualTo("docker.io/library/app:1");
    assertThat(push.path("digest").asString()).startsWith("sha256:");
    assertThat(push.has("error") && push.path("error").isNull()).isTrue();
    assertThat(accepted.body()).doesNotContain("s3cret");
    for (int n = 0; n < 1000 && server.publisher().orders().isEmpty(); n++) {
      Thread.sleep(10);
    }
    assertThat(server.publisher().orders().getFirst().login())
        .contains(new Credential.Basic("me", "s3cret"));
    assertThat(RealServer.tree(server.get("/pushes/" + id, token)).path("status").asString())
        .isEqualTo("pushing");
    var other = push("'image':'app:1','target':'registry.test/team/app'");
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("credential_conflict");
    assertThat(other.headers().firstValue("x-should-retry")).contains("false");

    go.countDown();
    assertThat(ended(id).path("status").asString()).isEqualTo("pushed");
    assertThat(RealServer.tree(server.get("/pushes", token)).path(0).path("id").asString())
        .isEqualTo(id);
    assertThat(server.get("/pushes", server.token("other")).body()).isEqualTo("[]");
  }

  @Test
  void tellsWhyAPushFailed() throws Exception {
    server
        .publisher()
        .work((order, image, listener) -> {
          throw BuildException.of(FailureKind.CREDENTIAL, "push-denied")
              .remedy("use another login")
              .sentence("registry.test/a said s3cret-token");
        });
    var accepted =
        push(
            "'image':'app:1','target':'registry.test/a','credentials':"
                + "{'registry_token':'s3cret-token'}");

    JsonNode push = ended(RealServer.tree(accepted).path("id").asString());

    assertThat(push.path("status").asString()).isEqualTo("failed");
    assertThat(push.path("error").asString())
        .isEqualTo("registry.test/a said *** (use another login)");
  }

  @Test
  void findsAnImageByEachOfItsNames() throws Exception {
    for (String name :
        new String[] {
          "app:1", "docker.io/library/app:1", "registry.test:5000/app:1", "acme/app:1"
        }) {
      var accepted = push("'image':'" + name + "','target':'registry.test/a'");
      assertThat(accepted.statusCode()).as(name + accepted.body()).isEqualTo(202);
    }
  }

  @Test
  void refusesByName() throws Exception {
    refuses(404, "not_found", "'image':'nothing:1','target':'registry.test/a'");
    refuses(400, "invalid_name", "'image':'Not A Name','target':'registry.test/a'");
    refuses(400, "invalid_name", "'target':'registry.test/a'");
    refuses(400, "invalid_target", "'image':'app:1'");
    refuses(400, "invalid_target", "'image':'app:1','target':'Not A Name'");
    refuses(400, "invalid_target", "'image':'app:1','target':'registry.test/a','insecure':true");
    refuses(
        400,
        "invalid_request",
        "'image':'app:1','target':'registry.test/a','credentials':{'username':'me'}");
    refuses(400, "invalid_request", "'image':{}");
    assertThat(server.get("/pushes/nobody", token).statusCode()).isEqualTo(404);
  }

  private void refuses(int status, String code, String members) throws Exception {
    var answer = push(members);
    assertThat(answer.statusCode()).as(members + answer.body()).isEqualTo(status);
    assertThat(RealServer.tree(answer).path("code").asString()).isEqualTo(code);
  }
}
