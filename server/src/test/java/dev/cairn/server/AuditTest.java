package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Route;
import dev.cairn.service.Audit;
import dev.cairn.service.Right;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threat 22: every route that changes something leaves exactly one entry, made from the routes. */
class AuditTest {
  /** Routes that change nothing by themselves; each says which one brings it to its end. */
  private static final Map<String, String> PARTS =
      Map.of(
          "POST /v2/token", "gives what the caller has already; a refused login is noted",
          "POST /v2/{name+}/blobs/uploads/", "PUT /v2/{name+}/blobs/uploads/{upload}",
          "POST /v2/{name+}/blobs/uploads", "PUT /v2/{name+}/blobs/uploads/{upload}",
          "PATCH /v2/{name+}/blobs/uploads/{upload}", "PUT /v2/{name+}/blobs/uploads/{upload}");

  /** Routes that need another registry; what they do is noted where it is done, as all is. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "POST /api/v1/pulls",
          "POST /images",
          "POST /pushes",
          "POST /api/v1/pushes",
          "DELETE /api/v1/pushes/{id}",
          "DELETE /pushes/{id}");

  @TempDir Path directory;
  private RealServer server;
  private RealServer.Login login;

  @BeforeEach
  void start() throws Exception {
    server = new RealServer(directory);
    login = server.login("acme", Right.all());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private interface Call {
    HttpResponse<String> send() throws Exception;
  }

  private HttpResponse<String> json(String method, String path, String body) throws Exception {
    return server.json(method, path, login.text(), body);
  }

  private HttpResponse<String> raw(String method, String path, byte[] body) throws Exception {
    return server.send(method, path, login.text(), body);
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return server.send(server.to(path, login.text()).DELETE());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String draft() throws Exception {
    var answer =
        json(
            "POST",
            "/api/v1/builds",
            "{\"recipe\":{\"dockerfile\":{\"text\":\"FROM scratch\\n\"}},"
                + "\"schedule\":{\"draft\":true}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return RealServer.tree(answer).path("id").asString("");
  }

  private String upload() throws Exception {
    String location =
        raw("POST", "/v2/app/blobs/uploads/", new byte[0])
            .headers()
            .firstValue("Location")
            .orElseThrow();
    return location.substring(location.lastIndexOf('/'));
  }

  private byte[] manifest(String text) throws Exception {
    byte[] config = bytes("{\"author\":\"" + text + "\"}");
    raw("PUT", "/v2/app/blobs/uploads" + upload() + "?digest=" + Digest.sha256(config), config);
    return Manifest.oci(Descriptor.of(MediaType.OCI_CONFIG, config), List.of()).toBytes();
  }

  private HttpResponse<String> push(String tag, byte[] manifest) throws Exception {
    return server.send(
        server
            .to("/v2/app/manifests/" + tag, login.text())
            .header("Content-Type", MediaType.OCI_MANIFEST.value())
            .PUT(BodyPublishers.ofByteArray(manifest)));
  }

  /** Something that each route really does, made ready before it is called. */
  private Map<String, Call> calls() throws Exception {
    byte[] pushed = manifest("one");
    byte[] gone = manifest("two");
    byte[] other = manifest("three");
    for (String tag : List.of("1", "2", "3", "4")) {
      push(tag, pushed);
    }
    push("gone", gone);
    push("gone-too", other);
    byte[] blob = bytes("a blob");
    byte[] layer = bytes("a layer");
    String released = draft();
    String cancelled = draft();
    draft();
    String hypeman =
        RealServer.tree(server.get("/builds", login.text())).path(0).path("id").asString("");
    byte[] dropped = bytes("another blob");
    raw("PUT", "/v2/app/blobs/uploads" + upload() + "?digest=" + Digest.sha256(dropped), dropped);
    json("PUT", "/api/v1/registry-logins/old.example", "{\"username\":\"a\",\"password\":\"b\"}");
    String finishing = upload();
    String aborted = upload();
    var extra = server.login("acme", Set.of(Right.BUILD_READ));
    raw("PUT", "/api/v1/secrets/old", new byte[] {1});
    Map<String, Call> calls = new LinkedHashMap<>();
    String api = "/api/v1";
    calls.put("POST /api/v1/contexts", () -> json("POST", api + "/contexts", "{\"blocks\":[]}"));
    calls.put("POST /api/v1/archives", () -> raw("POST", api + "/archives", new byte[1024]));
    calls.put(
        "PUT /api/v1/blobs/{digest}",
        () -> raw("PUT", api + "/blobs/" + Digest.sha256(blob), blob));
    calls.put(
        "POST /api/v1/builds",
        () ->
            json(
                "POST",
                api + "/builds",
                "{\"recipe\":{\"dockerfile\":{\"text\":\"FROM scratch\\n\"}},"
                    + "\"schedule\":{\"draft\":true}}"));
    calls.put("DELETE /api/v1/builds/{id}", () -> delete(api + "/builds/" + cancelled));
    calls.put(
        "POST /api/v1/builds/{id}/release",
        () -> json("POST", api + "/builds/" + released + "/release", ""));
    calls.put("POST /api/v1/tenants", () -> json("POST", api + "/tenants", "{\"id\":\"new\"}"));
    calls.put(
        "PUT /api/v1/tenants/{tenant}/limits",
        () -> json("PUT", api + "/tenants/acme/limits", "{\"running\":3}"));
    calls.put(
        "POST /api/v1/tenants/{tenant}/tokens",
        () -> json("POST", api + "/tenants/acme/tokens", "{}"));
    calls.put("POST /api/v1/tokens", () -> json("POST", api + "/tokens", "{}"));
    calls.put("DELETE /api/v1/tokens/{id}", () -> delete(api + "/tokens/" + extra.id()));
    calls.put("PUT /api/v1/secrets/{id}", () -> raw("PUT", api + "/secrets/new", new byte[] {1}));
    calls.put("DELETE /api/v1/secrets/{id}", () -> delete(api + "/secrets/old"));
    calls.put(
        "PUT /api/v1/images/{name+}/tags/{tag}",
        () ->
            json(
                "PUT",
                api + "/images/app/tags/moved",
                "{\"manifest\":\"" + Digest.sha256(pushed) + "\"}"));
    calls.put("DELETE /api/v1/images/{name+}/tags/{tag}", () -> delete(api + "/images/app/tags/2"));
    calls.put(
        "DELETE /api/v1/images/{name+}/manifests/{digest}",
        () -> delete(api + "/images/app/manifests/" + Digest.sha256(gone)));
    for (String id : List.of("own1", "own2", "hyp1", "hyp2")) {
      json("POST", api + "/builders", "{\"id\":\"" + id + "\"}");
    }
    calls.put("POST /api/v1/builders", () -> json("POST", api + "/builders", "{\"id\":\"b\"}"));
    calls.put(
        "POST /api/v1/builders/{id}/prune", () -> json("POST", api + "/builders/own1/prune", ""));
    calls.put("DELETE /api/v1/builders/{id}", () -> delete(api + "/builders/own2"));
    calls.put("POST /builders", () -> json("POST", "/builders", "{\"name\":\"c\"}"));
    calls.put("POST /builders/{id}/prune", () -> json("POST", "/builders/hyp1/prune", ""));
    calls.put("DELETE /builders/{id}", () -> delete("/builders/hyp2"));
    calls.put("DELETE /api/v1/catalog/{name+}", () -> delete(api + "/catalog/app:3"));
    calls.put(
        "POST /images/{name+}/tag",
        () -> json("POST", "/images/app:1/tag", "{\"target\":\"app:tagged\"}"));
    calls.put("DELETE /images/{name+}", () -> delete("/images/app:4"));
    calls.put(
        "PUT /api/v1/registry-logins/{host}",
        () ->
            json(
                "PUT",
                api + "/registry-logins/new.example",
                "{\"username\":\"a\",\"password\":\"b\"}"));
    calls.put(
        "DELETE /api/v1/registry-logins/{host}",
        () -> delete(api + "/registry-logins/old.example"));
    calls.put(
        "DELETE /v2/{name+}/blobs/{digest}",
        () -> delete("/v2/app/blobs/" + Digest.sha256(dropped)));
    calls.put("POST /api/v1/gc", () -> json("POST", api + "/gc", ""));
    calls.put(
        "POST /builds",
        () -> {
          var form =
              new Multipart().file("source", Multipart.tgz(Map.of("Dockerfile", "FROM scratch\n")));
          return server.send(
              server
                  .to("/builds", login.text())
                  .header("Content-Type", Multipart.TYPE)
                  .POST(BodyPublishers.ofByteArray(form.bytes())));
        });
    calls.put("DELETE /builds/{id}", () -> delete("/builds/" + hypeman));
    calls.put("PUT /v2/{name+}/manifests/{reference}", () -> push("5", pushed));
    calls.put(
        "DELETE /v2/{name+}/manifests/{reference}",
        () -> delete("/v2/app/manifests/" + Digest.sha256(other)));
    calls.put(
        "PUT /v2/{name+}/blobs/uploads/{upload}",
        () ->
            raw(
                "PUT",
                "/v2/app/blobs/uploads" + finishing + "?digest=" + Digest.sha256(layer),
                layer));
    calls.put(
        "DELETE /v2/{name+}/blobs/uploads/{upload}",
        () -> delete("/v2/app/blobs/uploads" + aborted));
    return calls;
  }

  private List<Route> changing() {
    return server.dialects().stream()
        .map(Dialect::routes)
        .flatMap(List::stream)
        .filter(route -> route.method() != Method.GET && route.method() != Method.HEAD)
        .toList();
  }

  @Test
  void leavesExactlyOneEntryForEveryRouteThatChangesSomething() throws Exception {
    Map<String, Call> calls = calls();
    List<String> wrong = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    int called = 0;
    for (Route route : changing()) {
      Call call = calls.get(route.toString());
      if (call == null) {
        if (!PARTS.containsKey(route.toString()) && !ELSEWHERE.contains(route.toString())) {
          unknown.add(route.toString());
        }
        continue;
      }
      long before = server.service().audit().head().number();
      var answer = call.send();
      // A build that was released by one of the calls ends in between.
      List<Audit.Entry> entries =
          server.service().audit().from(before + 1, 100).stream()
              .filter(entry -> entry.token().equals(login.id()))
              .toList();
      called++;
      if (answer.statusCode() >= 300) {
        wrong.add(route + ": " + answer.statusCode() + " " + answer.body());
      }
      // One request of this API sends a source and has it built: two deeds.
      int deeds = route.toString().equals("POST /builds") ? 2 : 1;
      if (entries.size() != deeds
          || !entries.stream().allMatch(e -> e.request().equals(requestId(answer)))
          || !entries.stream().allMatch(e -> e.outcome().equals("done"))) {
        wrong.add(route + ": " + entries);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(unknown).as("routes without a call here; what do they leave in the log?").isEmpty();
    assertThat(called).isEqualTo(calls.size());
  }

  private static String requestId(HttpResponse<String> answer) {
    return answer.headers().firstValue("X-Request-Id").orElse("");
  }

  @Test
  void showsTheLogToAdministratorsByFilterAndPage() throws Exception {
    raw("PUT", "/api/v1/secrets/first", new byte[] {1});
    raw("PUT", "/api/v1/secrets/second", new byte[] {1});
    assertThat(server.get("/api/v1/info", "cairn_guess").statusCode()).isEqualTo(401);
    var found = server.get("/api/v1/audit?action=secret.&limit=1", login.text());
    assertThat(found.statusCode()).isEqualTo(200);
    var page = RealServer.tree(found);
    assertThat(page.path("entries").path(0).path("object").asString("")).isEqualTo("second");
    assertThat(page.path("entries").path(0).path("token").asString("")).isEqualTo(login.id());
    var next =
        RealServer.tree(
            server.get(
                "/api/v1/audit?action=secret.&limit=1&before=" + page.path("next").asLong(0),
                login.text()));
    assertThat(next.path("entries").path(0).path("object").asString("")).isEqualTo("first");
    assertThat(server.get("/api/v1/audit?action=login.refused", login.text()).body())
        .contains("127.0.0.1")
        .doesNotContain("cairn_guess");
    assertThat(server.get("/api/v1/audit?since=yesterday", login.text()).statusCode())
        .isEqualTo(400);
    assertThat(server.get("/api/v1/audit?before=x", login.text()).statusCode()).isEqualTo(400);
    var chain = RealServer.tree(server.get("/api/v1/audit/chain?limit=2", login.text()));
    assertThat(chain.path("entries").size()).isEqualTo(2);
    assertThat(chain.path("head").path("number").asLong(0)).isGreaterThan(4);
  }
}
