package dev.cairn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.AddressPolicy;
import dev.cairn.oci.http.FetchSettings;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.oci.registry.RegistrySettings;
import dev.cairn.server.LayerTars;
import dev.cairn.server.RealServer;
import dev.cairn.server.Tool;
import dev.cairn.server.http.HttpOptions;
import dev.cairn.server.http.HttpServer;
import dev.cairn.server.http.Listener;
import dev.cairn.service.mirror.MirrorSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirror of a real registry, with real clients. */
@Tag("slow")
class MirrorTest {
  @TempDir Path directory;
  private RealServer server;
  private DebianRegistry upstream;
  private HttpFetcher fetcher;
  private HttpServer mirror;
  private String token;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Tool.exists(DebianRegistry.PROGRAM), "docker-registry is not installed");
    assumeTrue(Tool.exists("skopeo"), "skopeo is not installed");
    server = new RealServer(directory.resolve("server"));
    token = server.token("acme");
    upstream = new DebianRegistry(directory.resolve("upstream"));
    fetcher = new HttpFetcher(FetchSettings.of(AddressPolicy.allowing(List.of("127.0.0.0/8"))));
    var host = new RegistryHost(upstream.host());
    var settings =
        new RegistrySettings(Map.of(host, RegistrySettings.Host.plain()), 1, Duration.ofMillis(1));
    var service = server.service();
    var mirrors =
        service.mirrors(
            List.of(
                new MirrorSettings(
                    "hub.test", host, Duration.ZERO, Duration.ofDays(1), Optional.empty())),
            new RegistryClient(fetcher, settings, RegistryCredentials.NONE),
            new LocalBlobStore(directory.resolve("server/blobs")));
    mirror =
        HttpServer.start(
            List.of(new Listener.Tcp("127.0.0.1", 0)),
            List.of(
                new RegistryDialect(
                    new RegistryDialect.Content(
                        service.images(), service.repositoryBlobs(), service.referrers()),
                    service.tokens(),
                    Optional.empty(),
                    mirrors)),
            service.tokens(),
            (method, route, status, nanos) -> {},
            HttpOptions.DEFAULT);
    server.builder().layers(List.of(LayerTars.of(tar -> LayerTars.file(tar, "hello", "hello"))));
    server.finishedBuild(token);
    Tool.run(
        "skopeo",
        "copy",
        "--src-tls-verify=false",
        "--src-creds=any:" + token,
        "--dest-tls-verify=false",
        "docker://127.0.0.1:" + server.port() + "/acme/app:1",
        "docker://" + upstream.host() + "/team/app:1");
  }

  @AfterEach
  void stop() throws Exception {
    mirror.close();
    fetcher.close();
    upstream.close();
    server.close();
  }

  private String host() {
    return "127.0.0.1:" + mirror.port(0);
  }

  private void pull(String to, String bearer) throws Exception {
    Tool.run(
        "skopeo",
        "copy",
        "--src-tls-verify=false",
        "--src-creds=any:" + bearer,
        "docker://" + host() + "/hub.test/team/app:1",
        "oci:" + directory.resolve(to) + ":1");
  }

  private String files(String layout) throws Exception {
    try (var all = Files.list(directory.resolve(layout).resolve("blobs/sha256"))) {
      return all.map(file -> String.valueOf(file.getFileName())).sorted().toList().toString();
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://" + host() + path))
              .header("Authorization", "Bearer " + token)
              .build(),
          BodyHandlers.ofString());
    }
  }

  @Test
  void servesARealRegistryEvenWhenThatIsDown() throws Exception {
    pull("first", token);
    upstream.close();
    pull("second", token);
    // What everybody may have is there for the next tenant, too.
    pull("third", server.token("other"));
    assertThat(files("second")).isEqualTo(files("first"));
    assertThat(files("third")).isEqualTo(files("first"));
    var stale = get("/v2/hub.test/team/app/manifests/1");
    assertThat(stale.headers().firstValue("Warning"))
        .hasValueSatisfying(warning -> assertThat(warning).startsWith("110 "));
    assertThat(get("/v2/hub.test/team/app/manifests/2").statusCode()).isEqualTo(503);
  }

  @Test
  void understandsTheNamespaceOfContainerdAndRefusesPushes() throws Exception {
    var named = get("/v2/team/app/manifests/1?ns=hub.test");
    assertThat(named.statusCode()).isEqualTo(200);
    assertThat(named.headers().firstValue("Docker-Content-Digest")).isPresent();
    assertThat(get("/v2/team/app/manifests/1").statusCode()).isEqualTo(404);
    assertThat(get("/v2/hub.test/team/none/manifests/1").statusCode()).isEqualTo(404);
    pull("layout", token);
    var pushed =
        Tool.outcome(
            "skopeo",
            "copy",
            "--dest-tls-verify=false",
            "--dest-creds=any:" + token,
            "oci:" + directory.resolve("layout") + ":1",
            "docker://" + host() + "/hub.test/team/app:2");
    assertThat(pushed.code()).isNotZero();
    assertThat(pushed.output()).contains("is a mirror, which is only read");
  }

  @Test
  void isAMirrorForTheLibraryOfPodmanAndSkopeo() throws Exception {
    Path conf = directory.resolve("registries.conf");
    Files.writeString(
        conf,
        """
        [[registry]]
        prefix = "upstream.invalid"
        location = "upstream.invalid"
        [[registry.mirror]]
        location = "%s/hub.test"
        insecure = true
        """
            .formatted(host()));
    String login =
        Base64.getEncoder().encodeToString(("any:" + token).getBytes(StandardCharsets.UTF_8));
    Path auth = directory.resolve("auth.json");
    Files.writeString(auth, "{\"auths\":{\"" + host() + "\":{\"auth\":\"" + login + "\"}}}");
    Tool.run(
        "skopeo",
        "--registries-conf",
        conf.toString(),
        "copy",
        "--authfile",
        auth.toString(),
        "docker://upstream.invalid/team/app:1",
        "oci:" + directory.resolve("layout") + ":1");
    assertThat(files("layout")).contains(",");
  }
}
