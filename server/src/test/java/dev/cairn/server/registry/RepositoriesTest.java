package dev.cairn.server.registry;

import static dev.cairn.server.RealServer.tree;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.server.RealServer;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.Tokens;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in a repository, who reaches it, and how it goes, on the real service. */
class RepositoriesTest {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final byte[] EMPTY = new byte[0];

  @TempDir Path directory;
  private RealServer server;
  private String token;

  @BeforeEach
  void start() throws Exception {
    server = new RealServer(directory);
    token = server.token("acme");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Digest blob(String repository, String text) throws Exception {
    Digest digest = Digest.sha256(bytes(text));
    var answer =
        server.send(
            "POST", "/v2/" + repository + "/blobs/uploads/?digest=" + digest, token, bytes(text));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return digest;
  }

  private static String descriptor(String type, Digest digest, int size) {
    return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
  }

  private static String manifest(Digest config, String more) {
    return "{\"schemaVersion\":2,\"mediaType\":\""
        + MANIFEST
        + "\",\"config\":"
        + descriptor("application/vnd.oci.image.config.v1+json", config, 2)
        + ",\"layers\":[]"
        + more
        + "}";
  }

  private HttpResponse<String> put(String path, String type, String body, String with)
      throws Exception {
    return server.send(
        server
            .to("/v2/" + path, with)
            .header("Content-Type", type)
            .PUT(BodyPublishers.ofString(body)));
  }

  private int status(String method, String path, String with) throws Exception {
    return server
        .send(server.to("/v2/" + path, with).method(method, BodyPublishers.noBody()))
        .statusCode();
  }

  private String limited(String... grants) {
    return server
        .service()
        .tokens()
        .issue(
            new TenantId("acme"),
            new Tokens.Purpose(
                "",
                Set.of(Right.IMAGE_READ, Right.IMAGE_WRITE),
                List.of(grants).stream().map(RepositoryGrant::parse).toList(),
                Optional.empty()))
        .text();
  }

  /** Neither by address, mount, upload nor by naming it in a manifest. */
  @Test
  void aTokenForOneRepositoryReachesNothingOfAnother() throws Exception {
    Digest secret = blob("secret", "{}");
    assertThat(put("secret/manifests/1", MANIFEST, manifest(secret, ""), token).statusCode())
        .isEqualTo(201);
    Digest manifest = Digest.sha256(bytes(manifest(secret, "")));
    String only = limited("open:pull,push");

    assertThat(status("GET", "secret/blobs/" + secret, only)).isEqualTo(403);
    assertThat(status("GET", "open/blobs/" + secret, only)).isEqualTo(404);
    for (String mount : List.of("?mount=" + secret, "?mount=" + secret + "&from=secret")) {
      assertThat(server.send("POST", "/v2/open/blobs/uploads/" + mount, only, EMPTY).statusCode())
          .isEqualTo(202);
    }
    var naming = put("open/manifests/1", MANIFEST, manifest(secret, ""), only);
    assertThat(naming.statusCode()).isEqualTo(400);
    assertThat(naming.body()).contains("MANIFEST_BLOB_UNKNOWN");
    String index =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + INDEX
            + "\",\"manifests\":["
            + descriptor(MANIFEST, manifest, manifest(secret, "").length())
            + "]}";
    assertThat(put("open/manifests/1", INDEX, index, only).statusCode()).isEqualTo(400);
    String location =
        server
            .send("POST", "/v2/secret/blobs/uploads/", token, EMPTY)
            .headers()
            .firstValue("Location")
            .orElseThrow();
    assertThat(server.get(location.replace("/v2/secret/", "/v2/open/"), only).statusCode())
        .isEqualTo(404);
    assertThat(status("GET", "open/blobs/" + secret, only)).isEqualTo(404);
    assertThat(server.get("/v2/_catalog", only).body()).doesNotContain("secret");
  }

  @Test
  void mountsWhereTheTokenMayPull() throws Exception {
    Digest digest = blob("one", "shared");
    for (String mount : List.of("?mount=" + digest + "&from=acme/one", "?mount=" + digest)) {
      String to = mount.contains("from") ? "two" : "three";
      assertThat(status("HEAD", to + "/blobs/" + digest, token)).isEqualTo(404);
      var mounted = server.send("POST", "/v2/" + to + "/blobs/uploads/" + mount, token, EMPTY);
      assertThat(mounted.statusCode()).isEqualTo(201);
      assertThat(server.get("/v2/" + to + "/blobs/" + digest, token).body()).isEqualTo("shared");
    }
    assertThat(
            server
                .send(
                    "POST",
                    "/v2/four/blobs/uploads/?from=two&mount=" + digest,
                    limited("four:push", "two:pull"),
                    EMPTY)
                .statusCode())
        .isEqualTo(201);
  }

  @Test
  void deletesABlobUnlessAManifestNeedsIt() throws Exception {
    Digest digest = blob("app", "{}");
    blob("other", "{}");
    put("app/manifests/1", MANIFEST, manifest(digest, ""), token);
    assertThat(status("DELETE", "app/blobs/" + digest, token)).isEqualTo(405);
    assertThat(status("DELETE", "app/manifests/1", token)).isEqualTo(202);
    assertThat(status("HEAD", "app/manifests/1", token)).isEqualTo(404);
    Digest manifest = Digest.sha256(bytes(manifest(digest, "")));
    assertThat(status("DELETE", "app/manifests/" + manifest, token)).isEqualTo(202);
    assertThat(status("DELETE", "app/blobs/" + digest, token)).isEqualTo(202);
    assertThat(status("HEAD", "app/blobs/" + digest, token)).isEqualTo(404);
    assertThat(status("DELETE", "app/blobs/" + digest, token)).isEqualTo(404);
    assertThat(status("HEAD", "other/blobs/" + digest, token)).isEqualTo(200);
  }

  @Test
  void listsWhatIsAboutAManifest() throws Exception {
    Digest config = blob("app", "{}");
    Digest subject = Digest.sha256(bytes("not here yet"));
    String about =
        ",\"artifactType\":\"text/%s\",\"annotations\":{\"note\":\"%s\"},\"subject\":"
            + descriptor(MANIFEST, subject, 12);
    for (String kind : List.of("a", "b")) {
      var pushed =
          put(
              "app/manifests/" + kind,
              MANIFEST,
              manifest(config, about.formatted(kind, kind)),
              token);
      assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(201);
      assertThat(pushed.headers().firstValue("OCI-Subject")).contains(subject.toString());
      assertThat(pushed.headers().firstValue("Warning").orElse("")).startsWith("299 - ");
    }
    var all = server.get("/v2/app/referrers/" + subject, token);
    assertThat(all.headers().firstValue("Content-Type")).contains(INDEX);
    assertThat(tree(all).path("manifests")).hasSize(2);
    assertThat(all.headers().firstValue("OCI-Filters-Applied")).isEmpty();
    var some = server.get("/v2/app/referrers/" + subject + "?artifactType=text/b", token);
    assertThat(some.headers().firstValue("OCI-Filters-Applied")).contains("artifactType");
    assertThat(tree(some).path("manifests")).hasSize(1);
    assertThat(tree(some).path("manifests").path(0).path("annotations").path("note").asString(""))
        .isEqualTo("b");
    String other = server.token("other");
    assertThat(tree(server.get("/v2/app/referrers/" + subject, other)).path("manifests")).isEmpty();
    assertThat(
            status(
                "DELETE",
                "app/manifests/"
                    + Digest.sha256(bytes(manifest(config, about.formatted("a", "a")))),
                token))
        .isEqualTo(202);
    assertThat(tree(server.get("/v2/app/referrers/" + subject, token)).path("manifests"))
        .hasSize(1);
  }

  @Test
  void pagesReferrers() throws Exception {
    Digest config = blob("app", "{}");
    Digest subject = Digest.sha256(bytes("subject"));
    for (int i = 0; i < 103; i++) {
      String body =
          manifest(
              config,
              ",\"annotations\":{\"number\":\""
                  + i
                  + "\"},\"subject\":"
                  + descriptor(MANIFEST, subject, 7));
      assertThat(put("app/manifests/t" + i, MANIFEST, body, token).statusCode()).isEqualTo(201);
    }
    var first = server.get("/v2/app/referrers/" + subject, token);
    assertThat(tree(first).path("manifests")).hasSize(100);
    String link = first.headers().firstValue("Link").orElseThrow();
    var rest = server.get(link.substring(1, link.indexOf('>')), token);
    assertThat(tree(rest).path("manifests")).hasSize(3);
    assertThat(rest.headers().firstValue("Link")).isEmpty();
  }

  @Test
  void namesManifestsByEitherAlgorithm() throws Exception {
    String body = manifest(blob("app", "{}"), "");
    Digest digest = Digest.Algorithm.SHA512.newHasher().update(bytes(body)).finish();
    var pushed = put("app/manifests/" + digest, MANIFEST, body, token);
    assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(201);
    assertThat(server.get("/v2/app/manifests/" + digest, token).body()).isEqualTo(body);
    var wrong = put("app/manifests/" + digest, MANIFEST, body + " ", token);
    assertThat(wrong.body()).contains("DIGEST_INVALID");
  }

  @Test
  void givesTagsByTheNumberAndEmptyOnesToo() throws Exception {
    put("app/manifests/1", MANIFEST, manifest(blob("app", "{}"), ""), token);
    assertThat(tree(server.get("/v2/app/tags/list?n=0", token)).path("tags")).isEmpty();
    assertThat(server.get("/v2/app/tags/list?n=-1", token).statusCode()).isEqualTo(400);
    assertThat(server.get("/v2/none/tags/list", token).body()).contains("NAME_UNKNOWN");
    assertThat(status("DELETE", "app/manifests/1", token)).isEqualTo(202);
    assertThat(tree(server.get("/v2/app/tags/list", token)).path("tags")).isEmpty();
  }

  @Test
  void refusesContentElsewhereByName() throws Exception {
    Digest config = blob("app", "{}");
    String body =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + MANIFEST
            + "\",\"config\":"
            + descriptor("application/vnd.oci.image.config.v1+json", config, 2)
            + ",\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.nondistributable.v1.tar\""
            + ",\"digest\":\""
            + config
            + "\",\"size\":2,\"urls\":[\"https://elsewhere.example.com/x\"]}]}";
    var refused = put("app/manifests/1", MANIFEST, body, token);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("MANIFEST_INVALID").contains("outside the registry");
  }
}
