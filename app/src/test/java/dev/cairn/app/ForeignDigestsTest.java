package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one tenant has is nothing to another: its digests cannot be fetched, mounted or referred to,
 * and neither an answer nor the time that it takes tells whether they exist (threat 9).
 */
@Tag("slow")
class ForeignDigestsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int BLOBS = 40;
  private static final int FILES = 30;
  private static final int SAMPLES = Integer.getInteger("cairn.samples", 300);
  private static final double LEAST = 0.01;

  private record Bench(
      Workbench workbench,
      RegistryCaller attacker,
      ApiTenant builder,
      List<String> foreign,
      List<String> manifests,
      String victimBuild,
      Random random) {

    static Bench start(Workbench workbench, HttpClient http, Path work) throws Exception {
      LiveServer server = workbench.server();
      var random = new Random(20_261);
      String token = server.token("other");
      var victim = new RegistryCaller(server.url(), workbench.token(), http);
      var attacker = new RegistryCaller(server.url(), token, http);
      var builder = new ApiTenant(server.url(), token, http);
      var foreign = new ArrayList<String>();
      var manifests = new ArrayList<String>();
      for (int n = 0; n < BLOBS; n++) {
        byte[] layer = new byte[500 + n];
        random.nextBytes(layer);
        byte[] config = ("{\"secret\":" + random.nextLong() + "}").getBytes(StandardCharsets.UTF_8);
        victim.upload("app", layer);
        victim.upload("app", config);
        byte[] manifest = manifest(config, layer, "");
        var put = victim.put("app", "v" + n, RegistryCaller.MANIFEST, manifest);
        assertThat(put.status()).as(put.toString()).isEqualTo(201);
        foreign.add(RegistryCaller.digest(layer));
        manifests.add(RegistryCaller.digest(manifest));
      }
      var owner = new ApiTenant(server.url(), workbench.token(), http);
      String id =
          ForeignDigestsTest.build(
              owner, Files.createDirectory(work.resolve("victim")), workbench.base());
      return new Bench(workbench, attacker, builder, foreign, manifests, id, random);
    }

    String never() {
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      return RegistryCaller.digest(bytes);
    }

    String one(List<String> of) {
      return of.get(random.nextInt(of.size()));
    }
  }

  private static String build(ApiTenant tenant, Path tars, String base) throws Exception {
    var archive =
        tenant.archive(RandomContext.write(tars, 77)).json().path("source").path("archive");
    var source =
        Map.of(
            "upload", archive.path("upload").asString(), "pack", archive.path("pack").asString());
    var accepted =
        tenant.submit(
            Map.of(
                "recipe",
                Map.of("dockerfile", Map.of("text", "FROM " + base + "\nCOPY . /own\n")),
                "contexts",
                Map.of("", Map.of("source", Map.of("archive", source)))));
    String id = accepted.json().path("id").asString();
    assertThat(tenant.finished(id, Duration.ofMinutes(2)).path("state").asString())
        .isEqualTo("ready");
    return id;
  }

  private static byte[] manifest(byte[] config, byte[] layer, String subject) {
    return manifest(
        RegistryCaller.digest(config),
        config.length,
        RegistryCaller.digest(layer),
        layer.length,
        subject);
  }

  private static byte[] manifest(
      String config, int configSize, String layer, int layerSize, String subject) {
    var document = new LinkedHashMap<String, Object>();
    document.put("schemaVersion", 2);
    document.put("mediaType", RegistryCaller.MANIFEST);
    document.put("config", part("application/vnd.oci.image.config.v1+json", config, configSize));
    document.put(
        "layers", List.of(part("application/vnd.oci.image.layer.v1.tar", layer, layerSize)));
    if (!subject.isEmpty()) {
      document.put("subject", part(RegistryCaller.MANIFEST, subject, 400));
    }
    return JSON.writeValueAsBytes(document);
  }

  private static Map<String, Object> part(String type, String digest, int size) {
    return Map.of("mediaType", type, "digest", digest, "size", size);
  }

  /** One way to ask about a digest. */
  private interface Probe {
    RegistryCaller.Answer ask(String digest) throws Exception;
  }

  @Test
  void cannotBeFetchedMountedOrReferredTo(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work);
        var http = HttpClient.newHttpClient()) {
      Bench bench = Bench.start(workbench, http, work);
      RegistryCaller attacker = bench.attacker();
      byte[] own = "{}".getBytes(StandardCharsets.UTF_8);
      attacker.upload("app", own);
      String mine = RegistryCaller.digest(own);

      var probes = new LinkedHashMap<String, Probe>(lookUps(bench));
      probes.put(
          "manifest with a foreign layer",
          digest ->
              attacker.put(
                  "app",
                  "t",
                  RegistryCaller.MANIFEST,
                  manifest(mine, own.length, digest, 500, "")));
      probes.put(
          "manifest with a foreign config",
          digest ->
              attacker.put(
                  "app", "t", RegistryCaller.MANIFEST, manifest(digest, 30, mine, own.length, "")));
      probes.put("index", digest -> index(attacker, digest));
      probes.put(
          "an archive that is here as a blob",
          digest ->
              attacker.send(
                  "POST",
                  "/api/v1/archives",
                  "application/json",
                  ("{\"blob\":\"" + digest + "\"}").getBytes(StandardCharsets.UTF_8)));
      probes.put(
          "tag",
          digest ->
              attacker.send(
                  "PUT",
                  "/api/v1/images/app/tags/stolen",
                  "application/json",
                  ("{\"manifest\":\"" + digest + "\"}").getBytes(StandardCharsets.UTF_8)));
      for (var probe : probes.entrySet()) {
        for (String digest : List.of(bench.one(bench.foreign()), bench.one(bench.manifests()))) {
          String never = bench.never();
          var foreign = probe.getValue().ask(digest);
          var unknown = probe.getValue().ask(never);
          assertThat(plain(foreign, digest)).as(probe.getKey()).isEqualTo(plain(unknown, never));
          if (!probe.getKey().startsWith("mount") && !probe.getKey().startsWith("missing")) {
            assertThat(foreign.status()).as(probe.getKey()).isBetween(400, 499);
          }
        }
      }
      subjects(bench, own, mine);
      basesAndContexts(bench);
      othersBuild(bench, http, work);
    }
  }

  /** A subject may be missing, so it is taken, and tells nothing. */
  private static void subjects(Bench bench, byte[] own, String mine) throws Exception {
    String foreign = bench.one(bench.manifests());
    String never = bench.never();
    var answers = new ArrayList<String>();
    for (String subject : List.of(foreign, never)) {
      byte[] manifest = manifest(mine, own.length, mine, own.length, subject);
      var put = bench.attacker().put("app", "refers", RegistryCaller.MANIFEST, manifest);
      assertThat(put.status()).as(put.toString()).isEqualTo(201);
      var fetched = bench.attacker().send("GET", "/v2/app/manifests/" + subject);
      assertThat(fetched.status()).isEqualTo(404);
      answers.add(
          plain(put, subject).replace(RegistryCaller.digest(manifest), "OWN")
              + plain(fetched, subject));
    }
    assertThat(answers.getFirst()).isEqualTo(answers.getLast());
  }

  private static void basesAndContexts(Bench bench) throws Exception {
    String host = bench.workbench().server().host();
    for (String reference : List.of("%s/acme/app@%s", "%s/app@%s")) {
      var failures = new ArrayList<String>();
      for (String digest : List.of(bench.one(bench.manifests()), bench.never())) {
        String name = reference.formatted(host, digest);
        for (Map<String, Object> body :
            List.<Map<String, Object>>of(
                Map.of(
                    "recipe", Map.of("dockerfile", Map.of("text", "FROM " + name + "\nENV A=1\n"))),
                Map.of("recipe", Map.of("import", Map.of("image", name))),
                Map.of(
                    "recipe",
                    Map.of("dockerfile", Map.of("text", "FROM scratch\nCOPY --from=x / /\n")),
                    "contexts",
                    Map.of("x", Map.of("source", Map.of("image", Map.of("reference", name))))))) {
          var accepted = bench.builder().submit(body);
          assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
          JsonNode ended =
              bench
                  .builder()
                  .finished(accepted.json().path("id").asString(), Duration.ofMinutes(2));
          assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("failed");
          failures.add(ended.path("failure").toString().replace(digest, "D"));
        }
      }
      assertThat(failures.subList(0, 3)).isEqualTo(failures.subList(3, 6));
    }
    for (Object scope : List.of("acme/default", "../acme/default", "acme\ndefault")) {
      var refused =
          bench
              .builder()
              .submit(
                  Map.of(
                      "recipe",
                      Map.of("dockerfile", Map.of("text", "FROM scratch\n")),
                      "cache",
                      Map.of("read", List.of(Map.of("name", scope)))));
      assertThat(refused.status()).as(refused.body()).isEqualTo(400);
    }
    // What all read, only an administrator of caches writes (threat 8).
    var poisoned =
        bench
            .builder()
            .submit(
                Map.of(
                    "recipe",
                    Map.of("dockerfile", Map.of("text", "FROM scratch\n")),
                    "cache",
                    Map.of("written", Map.of("name", "common", "shared", true))));
    assertThat(poisoned.status()).as(poisoned.body()).isEqualTo(403);
  }

  /** Not even the same build from the same files finds what the other one has. */
  private static void othersBuild(Bench bench, HttpClient http, Path work) throws Exception {
    var attacker = bench.attacker();
    for (String path : List.of("", "/events?follow=false", "/output", "/steps/1/why")) {
      var foreign = attacker.send("GET", "/api/v1/builds/" + bench.victimBuild() + path);
      var unknown = attacker.send("GET", "/api/v1/builds/" + "0".repeat(32) + path);
      assertThat(foreign.status()).as(path).isEqualTo(404);
      assertThat(plain(foreign, bench.victimBuild())).isEqualTo(plain(unknown, "0".repeat(32)));
    }
    String id =
        build(
            bench.builder(),
            Files.createDirectory(work.resolve("attacker")),
            bench.workbench().base());
    assertThat(bench.builder().build(id).at("/result/usage/stepsRun").asInt(0)).isPositive();
    String pack =
        new ApiTenant(attacker.url(), bench.workbench().token(), http)
            .archive(RandomContext.write(work, 1234))
            .json()
            .at("/source/archive/pack")
            .asString();
    var stolen =
        bench
            .builder()
            .submit(
                Map.of(
                    "recipe",
                    Map.of("dockerfile", Map.of("text", "FROM scratch\nCOPY . /\n")),
                    "contexts",
                    Map.of("", Map.of("source", Map.of("manifest", Map.of("pack", pack))))));
    assertThat(stolen.status()).as(stolen.body()).isEqualTo(404);
  }

  private static RegistryCaller.Answer index(RegistryCaller attacker, String digest)
      throws Exception {
    var document =
        Map.of(
            "schemaVersion",
            2,
            "mediaType",
            RegistryCaller.INDEX,
            "manifests",
            List.of(part(RegistryCaller.MANIFEST, digest, 400)));
    return attacker.put("app", "t", RegistryCaller.INDEX, JSON.writeValueAsBytes(document));
  }

  /** The ways to ask that are timed. */
  private static Map<String, Probe> lookUps(Bench bench) {
    RegistryCaller attacker = bench.attacker();
    var probes = new LinkedHashMap<String, Probe>();
    probes.put("HEAD blob", digest -> attacker.send("HEAD", "/v2/app/blobs/" + digest));
    probes.put("GET blob", digest -> attacker.send("GET", "/v2/app/blobs/" + digest));
    probes.put("GET own API's blob", digest -> attacker.send("GET", "/api/v1/blobs/" + digest));
    probes.put("HEAD manifest", digest -> attacker.send("HEAD", "/v2/app/manifests/" + digest));
    probes.put("GET manifest", digest -> attacker.send("GET", "/v2/app/manifests/" + digest));
    probes.put(
        "mount",
        digest ->
            attacker.send("POST", "/v2/app/blobs/uploads/?mount=" + digest + "&from=acme/app"));
    probes.put("missing blocks", digest -> offer(attacker, digest));
    return probes;
  }

  /** Status, headers and body without what names the request. */
  private static String plain(RegistryCaller.Answer answer, String digest) {
    var headers = new TreeMap<String, Object>();
    answer
        .headers()
        .forEach((name, values) -> {
          if (!name.equalsIgnoreCase("date") && !name.equalsIgnoreCase("x-request-id")) {
            headers.put(name, values);
          }
        });
    return (answer.status()
            + "\n"
            + headers
            + "\n"
            + new String(answer.body(), StandardCharsets.UTF_8))
        .replace(digest, "D")
        .replaceAll("[0-9a-f]{32}", "ID");
  }

  @Tag("all")
  @Test
  void cannotBeTimed(@TempDir Path work) throws Exception {
    Needed.rootAnd("runc");
    try (var workbench = Workbench.start(work);
        var http = HttpClient.newHttpClient()) {
      Bench bench = Bench.start(workbench, http, work);
      for (var probe : timed(bench).entrySet()) {
        boolean manifests = probe.getKey().contains("manifest");
        var seen = new ArrayList<Double>();
        // A chance difference does not come three times; a leak does.
        while (seen.size() < 3 && (seen.isEmpty() || seen.getLast() <= LEAST)) {
          seen.add(
              compared(bench, probe.getValue(), manifests ? bench.manifests() : bench.foreign()));
        }
        System.out.println(probe.getKey() + ": p = " + seen);
        assertThat(seen.getLast()).as(probe.getKey() + " " + seen).isGreaterThan(LEAST);
      }
    }
  }

  private static Map<String, Probe> timed(Bench bench) throws Exception {
    var probes = new LinkedHashMap<String, Probe>(lookUps(bench));
    var foreign = new ArrayList<String>();
    var never = new ArrayList<String>();
    for (int n = 0; n < FILES; n++) {
      foreign.add(block(bench, bench.foreign().get(n)));
      never.add(block(bench, bench.never()));
    }
    probes.put(
        "missing files",
        digest ->
            offer(bench.attacker(), bench.one(bench.foreign().contains(digest) ? foreign : never)));
    return probes;
  }

  /** Uploads a block that lists one file of this content; its digest. */
  private static String block(Bench bench, String content) throws Exception {
    byte[] block =
        "{\"path\":\"f\",\"type\":\"file\",\"mode\":420,\"size\":500,\"digest\":\"%s\"}\n"
            .formatted(content)
            .getBytes(StandardCharsets.UTF_8);
    bench.attacker().upload("app", block);
    return RegistryCaller.digest(block);
  }

  private static RegistryCaller.Answer offer(RegistryCaller attacker, String block)
      throws Exception {
    return attacker.send(
        "POST",
        "/api/v1/contexts",
        "application/json",
        ("{\"blocks\":[\"" + block + "\"]}").getBytes(StandardCharsets.UTF_8));
  }

  /** Times foreign digests against others, one after the other in an order drawn each time. */
  private static double compared(Bench bench, Probe probe, List<String> existing) throws Exception {
    var foreign = new ArrayList<Long>();
    var never = new ArrayList<Long>();
    for (int n = -30; n < SAMPLES; n++) {
      boolean first = bench.random().nextBoolean();
      for (boolean isForeign : new boolean[] {first, !first}) {
        String digest = isForeign ? bench.one(existing) : bench.never();
        long start = System.nanoTime();
        var answer = probe.ask(digest);
        long time = System.nanoTime() - start;
        if (answer.status() == 202) {
          bench.attacker().send("DELETE", answer.header("Location"));
        }
        if (n >= 0) {
          (isForeign ? foreign : never).add(time);
        }
      }
    }
    return TwoSamples.probability(foreign, never);
  }
}
