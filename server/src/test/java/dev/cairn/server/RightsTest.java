package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildId;
import dev.cairn.oci.Digest;
import dev.cairn.server.http.Access;
import dev.cairn.server.http.Dialect;
import dev.cairn.server.http.Method;
import dev.cairn.server.http.Route;
import dev.cairn.service.Right;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every route of every dialect against every kind of caller, made from the routes themselves. */
class RightsTest {
  private static final String NONE = "sha256:" + "0".repeat(64);

  @TempDir Path directory;
  private RealServer server;

  @BeforeEach
  void start() throws Exception {
    server = new RealServer(directory);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private List<Route> routes() {
    return server.dialects().stream().map(Dialect::routes).flatMap(List::stream).toList();
  }

  /** The route's path with something in every place, which no tenant has. */
  private static String unknown(Route route) {
    return filled(
        route,
        Map.of(
            "id",
                pattern(route).startsWith("/builds")
                    ? "a".repeat(24)
                    : new BuildId(1, 2).toString(),
            "digest", NONE,
            "reference", "latest",
            "name", "nothing/here",
            "tag", "latest",
            "tenant", "nobody",
            "step", "1",
            "host", "nowhere.test",
            "upload", "0".repeat(32)));
  }

  private static String pattern(Route route) {
    return route.toString().substring(route.method().name().length() + 1);
  }

  private static String filled(Route route, Map<String, String> values) {
    String path = pattern(route);
    for (var value : values.entrySet()) {
      path =
          path.replace("{" + value.getKey() + "}", value.getValue())
              .replace("{" + value.getKey() + "+}", value.getValue());
    }
    assertThat(path).doesNotContain("{");
    return path;
  }

  private HttpResponse<String> call(Route route, String path, String token) throws Exception {
    var request = server.to(path, token);
    if (token.isEmpty()) {
      request = request.copy().setHeader("Authorization", "");
    }
    boolean body =
        switch (route.method()) {
          case POST, PUT, PATCH -> true;
          case GET, HEAD, DELETE -> false;
        };
    return server.send(
        request.method(
            route.method().name(), body ? BodyPublishers.ofString("{}") : BodyPublishers.noBody()));
  }

  @Test
  void isOpenOnlyWhereItIsMeantToBe() {
    Set<String> open = new TreeSet<>();
    for (Route route : routes()) {
      if (!(route.access() instanceof Access.Bearer)) {
        open.add(route + " " + route.access().getClass().getSimpleName());
      }
    }
    assertThat(open)
        .containsExactly(
            "GET /api/v1/openapi.yaml Public",
            "GET /health Public",
            "GET /spec.yaml Public",
            "POST /v2/token FirstMessage");
  }

  @Test
  void refusesCallersWithoutAValidTokenEverywhere() throws Exception {
    String revoked = server.token("acme");
    var mine = server.login("acme", Right.all());
    server.service().tokens().revoke(new dev.cairn.build.TenantId("acme"), mine.id());
    for (Route route : routes()) {
      if (!(route.access() instanceof Access.Bearer)) {
        continue;
      }
      for (String token : List.of("", "wrong", revoked + "x", mine.text())) {
        var answer = call(route, unknown(route), token);
        assertThat(answer.statusCode()).as("%s with a wrong token", route).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).as("%s", route).isPresent();
      }
    }
  }

  @Test
  void letsEachRightThroughWhereItIsNamedAndNowhereElse() throws Exception {
    Map<Right, String> tokens = new EnumMap<>(Right.class);
    for (Right right : Right.values()) {
      tokens.put(right, server.login("acme", EnumSet.of(right)).text());
    }
    List<String> wrong = new ArrayList<>();
    for (Route route : routes()) {
      if (!(route.access() instanceof Access.Bearer bearer)) {
        continue;
      }
      for (Right right : Right.values()) {
        int status =
            call(route, unknown(route), Objects.requireNonNull(tokens.get(right))).statusCode();
        boolean named = bearer.rights().contains(right);
        if (named ? status == 401 || status == 403 || status >= 500 : status != 403) {
          wrong.add(route + " with " + right + " alone: " + status);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void answersForeignThingsLikeUnknownOnes() throws Exception {
    String owner = server.token("acme");
    String stranger = server.login("other", strangersRights()).text();
    server.builder().layers(List.of(LayerTars.of(tar -> LayerTars.file(tar, "hello", "hello"))));
    String build = server.finishedBuild(owner);
    String hypeman = RealServer.tree(server.get("/builds", owner)).path(0).path("id").asString("");
    assertThat(hypeman).hasSize(24);
    String digest =
        RealServer.tree(server.get("/api/v1/images/app/manifests/1", owner))
            .path("digest")
            .asString("");
    byte[] secret = new byte[] {1};
    server.send("PUT", "/api/v1/secrets/mine", owner, secret);
    byte[] blob = "only mine".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Digest blobDigest = Digest.sha256(blob);
    server.send("PUT", "/api/v1/blobs/" + blobDigest, owner, blob);
    String location =
        server
            .send("POST", "/v2/app/blobs/uploads/", owner, new byte[0])
            .headers()
            .firstValue("Location")
            .orElseThrow();
    String upload = location.substring(location.lastIndexOf('/') + 1);
    var login = server.login("acme", Right.ordinary());
    server.json("POST", "/api/v1/builders", owner, "{\"id\":\"tool\"}");
    server.json(
        "PUT",
        "/api/v1/registry-logins/registry.test:5000",
        owner,
        "{\"username\":\"me\",\"password\":\"mine\"}");
    String push =
        RealServer.tree(
                server.json(
                    "POST",
                    "/api/v1/pushes",
                    owner,
                    "{\"image\":\"app:1\",\"target\":\"registry.test:5000/a/b\"}"))
            .path("id")
            .asString("");
    assertThat(push).hasSize(32);

    List<String> told = new ArrayList<>();
    for (Route route : routes()) {
      String pattern = pattern(route);
      if (!pattern.contains("{") || !(route.access() instanceof Access.Bearer)) {
        continue;
      }
      boolean registry = pattern.startsWith("/v2/");
      var foreign =
          Map.of(
              "id",
              pattern.startsWith("/builds")
                  ? hypeman
                  : pattern.contains("/tokens/")
                      ? login.id()
                      : pattern.contains("/secrets/")
                          ? "mine"
                          : pattern.contains("/builders/")
                              ? "tool"
                              : pattern.contains("/pushes") ? push : build,
              "digest",
              pattern.contains("/blobs/") ? blobDigest.toString() : digest,
              "reference",
              registry ? digest : "1",
              "name",
              named(pattern) ? "app:1" : registry ? "acme/app" : "app",
              "tag",
              "1",
              "tenant",
              "acme",
              "step",
              "1",
              "host",
              "registry.test:5000",
              "upload",
              upload);
      var known = call(route, filled(route, foreign), stranger);
      var unknown = call(route, unknown(route), stranger);
      if (!same(known, unknown)) {
        told.add(
            route
                + ": foreign "
                + known.statusCode()
                + " "
                + known.body()
                + " but unknown "
                + unknown.statusCode()
                + " "
                + unknown.body());
      }
    }
    assertThat(told).isEmpty();
    // And nothing of it was harmed.
    assertThat(server.get("/api/v1/pushes/" + push, owner).statusCode()).isEqualTo(200);
    assertThat(server.get("/api/v1/registry-logins", owner).body()).contains("registry.test:5000");
    assertThat(server.get("/api/v1/builds/" + build, owner).statusCode()).isEqualTo(200);
    assertThat(server.get("/api/v1/secrets", owner).body()).contains("mine");
    assertThat(server.get("/builders/tool", owner).statusCode()).isEqualTo(200);
    assertThat(server.get("/images/app:1", owner).statusCode()).isEqualTo(200);
    assertThat(server.get("/api/v1/info", login.text()).statusCode()).isEqualTo(200);
    assertThat(server.get("/api/v1/images/app/manifests/1", owner).statusCode()).isEqualTo(200);
    assertThat(server.send("GET", location, owner, new byte[0]).statusCode()).isEqualTo(204);
  }

  /** Whether the name in the path has a tag. */
  private static boolean named(String pattern) {
    return pattern.startsWith("/images") || pattern.startsWith("/api/v1/catalog");
  }

  /** Everything but the rights that are meant to reach other tenants. */
  private static Set<Right> strangersRights() {
    return EnumSet.complementOf(EnumSet.of(Right.TENANT_ADMIN, Right.SYSTEM_ADMIN));
  }

  private static boolean same(HttpResponse<String> one, HttpResponse<String> other) {
    return one.statusCode() == other.statusCode()
        && neutral(one.body()).equals(neutral(other.body()));
  }

  /** Names that the caller sent, and times, may come back; nothing else may differ. */
  private static String neutral(String body) {
    return body.replaceAll("sha256:[0-9a-f]{64}", "DIGEST")
        .replaceAll("\"(id|name|createdAt|updatedAt)\":\"[^\"]*\"", "\"$1\":\"\"");
  }

  @Test
  void namesEveryMethodOnce() {
    assertThat(routes()).hasSizeGreaterThan(50);
    assertThat(routes().stream().map(Route::method)).contains(Method.values());
  }
}
