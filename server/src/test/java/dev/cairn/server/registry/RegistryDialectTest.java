package dev.cairn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.server.http.FixedTokens;
import dev.cairn.server.http.HttpOptions;
import dev.cairn.server.http.HttpServer;
import dev.cairn.server.http.Listener;
import dev.cairn.service.Blobs;
import dev.cairn.service.Images;
import dev.cairn.service.Page;
import dev.cairn.service.RepositoryBlobs;
import dev.cairn.service.Right;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryDialectTest {
  private static final byte[] BYTES = "0123456789".getBytes(StandardCharsets.US_ASCII);
  private static final Digest DIGEST = Digest.sha256(BYTES);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private HttpServer server;

  /** Blobs of each repository in memory; an upload's id is its number in 32 digits. */
  private static final class MemoryBlobs implements RepositoryBlobs {
    private final Map<String, byte[]> stored = new HashMap<>();
    private final Map<String, ByteArrayOutputStream> uploads = new HashMap<>();

    private static String at(TenantId tenant, RepositoryName repository, Object what) {
      return tenant + "/" + repository + "/" + what;
    }

    @Override
    public Optional<Long> size(TenantId tenant, RepositoryName repository, Digest digest) {
      return Optional.ofNullable(stored.get(at(tenant, repository, digest)))
          .map(b -> (long) b.length);
    }

    @Override
    public InputStream open(
        TenantId tenant, RepositoryName repository, Digest digest, long offset) {
      byte[] all = Objects.requireNonNull(stored.get(at(tenant, repository, digest)));
      return new ByteArrayInputStream(all, (int) offset, all.length - (int) offset);
    }

    @Override
    public boolean mount(
        TenantId tenant,
        RepositoryName repository,
        Digest digest,
        Optional<RepositoryName> from,
        Predicate<RepositoryName> mayPull) {
      byte[] found = stored.get(at(tenant, from.orElse(new RepositoryName("app")), digest));
      if (found == null) {
        return false;
      }
      stored.put(at(tenant, repository, digest), found);
      return true;
    }

    @Override
    public Deletion delete(TenantId tenant, RepositoryName repository, Digest digest) {
      return stored.remove(at(tenant, repository, digest)) == null
          ? Deletion.UNKNOWN
          : Deletion.DELETED;
    }

    @Override
    public Blobs.Upload begin(TenantId tenant, RepositoryName repository) {
      String id = String.format("%032d", uploads.size());
      uploads.put(at(tenant, repository, id), new ByteArrayOutputStream());
      return new Blobs.Upload(id, 0);
    }

    @Override
    public Optional<Blobs.Upload> find(TenantId tenant, RepositoryName repository, String upload) {
      return Optional.ofNullable(uploads.get(at(tenant, repository, upload)))
          .map(bytes -> new Blobs.Upload(upload, bytes.size()));
    }

    @Override
    public Blobs.Upload append(
        TenantId tenant, RepositoryName repository, String upload, long offset, InputStream bytes) {
      try {
        bytes.transferTo(uploads.get(at(tenant, repository, upload)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return find(tenant, repository, upload).orElseThrow();
    }

    @Override
    public long finish(TenantId tenant, RepositoryName repository, String upload, Digest expected) {
      byte[] all =
          Objects.requireNonNull(uploads.remove(at(tenant, repository, upload))).toByteArray();
      if (!Digest.sha256(all).equals(expected)) {
        throw dev.cairn.service.ServiceException.invalid("digest-mismatch", "other bytes", "");
      }
      stored.put(at(tenant, repository, expected), all);
      return all.length;
    }

    @Override
    public boolean abort(TenantId tenant, RepositoryName repository, String upload) {
      return uploads.remove(at(tenant, repository, upload)) != null;
    }
  }

  @BeforeEach
  void start() {
    var manifest =
        new Images.StoredManifest(MediaType.OCI_MANIFEST, DIGEST, BYTES.length, Instant.EPOCH);
    Images images =
        (Images)
            Proxy.newProxyInstance(
                Images.class.getClassLoader(),
                new Class<?>[] {Images.class},
                (proxy, method, arguments) -> {
                  boolean own =
                      arguments[0].equals(new TenantId("acme"))
                          && arguments[1].equals(new RepositoryName("app"));
                  return switch (method.getName()) {
                    case "resolve" -> own ? Optional.of(manifest) : Optional.empty();
                    case "bytes" -> BYTES;
                    case "push" -> new Images.Pushed(manifest, Optional.empty());
                    case "tags" ->
                        new Page<>(List.of(new Tag("a"), new Tag("b")), Optional.of("b"));
                    case "deleteTag", "deleteManifest" -> own;
                    default -> throw new AssertionError(method);
                  };
                });
    var tokens =
        new FixedTokens()
            .with("mine", "acme", Right.ordinary())
            .with("theirs", "other", Right.ordinary());
    server =
        HttpServer.start(
            List.of(new Listener.Tcp("127.0.0.1", 0)),
            List.of(
                new RegistryDialect(
                    new RegistryDialect.Content(
                        images,
                        new MemoryBlobs(),
                        (tenant, repository, subject, type, after) ->
                            new Page<>(List.of(), Optional.empty())),
                    tokens,
                    Optional.empty())),
            tokens,
            (method, route, status, nanos) -> {},
            HttpOptions.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> send(String method, String path, String token, byte[] body)
      throws Exception {
    return send(to(path, token).method(method, BodyPublishers.ofByteArray(body)));
  }

  private HttpRequest.Builder to(String path, String token) {
    String basic =
        Base64.getEncoder().encodeToString(("any:" + token).getBytes(StandardCharsets.UTF_8));
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port(0) + path))
        .header("Authorization", "Basic " + basic);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void refusesAnonymousCallersWithAChallenge() throws Exception {
    var answer =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port(0) + "/v2/"))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(401);
    String here = "127.0.0.1:" + server.port(0);
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"http://" + here + "/v2/token\",service=\"" + here + "\"");
    assertThat(answer.body()).contains("\"code\":\"UNAUTHORIZED\"");
    assertThat(send("GET", "/v2/", "mine", new byte[0]).statusCode()).isEqualTo(200);
    assertThat(send("GET", "/v2/token?service=x", "mine", new byte[0]).body())
        .contains("\"token\":\"exchanged-id-mine[]\"");
  }

  @Test
  void takesABlobWholeOrInPiecesAndGivesRanges() throws Exception {
    var single = send("POST", "/v2/acme/app/blobs/uploads/?digest=" + DIGEST, "mine", BYTES);
    assertThat(single.statusCode()).isEqualTo(201);
    var begun = send("POST", "/v2/app/blobs/uploads/", "mine", new byte[0]);
    assertThat(begun.statusCode()).isEqualTo(202);
    String location = begun.headers().firstValue("Location").orElseThrow();
    var half =
        send(
            to(location, "mine")
                .header("Content-Range", "0-4")
                .method("PATCH", BodyPublishers.ofByteArray(BYTES, 0, 5)));
    assertThat(half.headers().firstValue("Range")).contains("0-4");
    var wrong =
        send(
            to(location, "mine")
                .header("Content-Range", "7-9")
                .method("PATCH", BodyPublishers.ofByteArray(BYTES, 7, 3)));
    assertThat(wrong.statusCode()).isEqualTo(416);
    var done =
        send(
            to(location + "?digest=" + DIGEST, "mine")
                .PUT(BodyPublishers.ofByteArray(BYTES, 5, 5)));
    assertThat(done.statusCode()).isEqualTo(201);
    String blob = "/v2/app/blobs/" + DIGEST;
    assertThat(send(to(blob, "mine").header("Range", "bytes=2-4")).body()).isEqualTo("234");
    assertThat(send(to(blob, "mine").header("Range", "bytes=99-")).statusCode()).isEqualTo(416);
    assertThat(send("GET", blob, "theirs", new byte[0]).body()).contains("BLOB_UNKNOWN");
    assertThat(
            send("POST", "/v2/x/blobs/uploads/?mount=" + DIGEST, "mine", new byte[0]).statusCode())
        .isEqualTo(201);
    assertThat(
            send("POST", "/v2/x/blobs/uploads/?mount=" + DIGEST, "theirs", new byte[0])
                .statusCode())
        .isEqualTo(202);
  }

  @Test
  void answersForeignRepositoriesLikeUnknownOnes() throws Exception {
    assertThat(send("GET", "/v2/acme/app/manifests/latest", "mine", new byte[0]).statusCode())
        .isEqualTo(200);
    var foreign = send("GET", "/v2/acme/app/manifests/latest", "theirs", new byte[0]);
    var unknown = send("GET", "/v2/none/app/manifests/latest", "theirs", new byte[0]);
    assertThat(foreign.statusCode()).isEqualTo(404);
    assertThat(foreign.body()).isEqualTo(unknown.body());
    var head = send(to("/v2/app/manifests/latest", "mine").method("HEAD", BodyPublishers.noBody()));
    assertThat(head.headers().firstValue("Docker-Content-Digest")).contains(DIGEST.toString());
    assertThat(
            send(to("/v2/app/manifests/latest", "mine").header("Accept", "text/html")).statusCode())
        .isEqualTo(404);
    assertThat(send("PUT", "/v2/app/manifests/sha256:" + "0".repeat(64), "mine", BYTES).body())
        .contains("MANIFEST_INVALID");
    var page = send("GET", "/v2/app/tags/list?n=2", "mine", new byte[0]);
    assertThat(page.headers().firstValue("Link").orElse("")).contains("last=b").contains("next");
  }
}
