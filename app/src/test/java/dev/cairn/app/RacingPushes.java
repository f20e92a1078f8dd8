package dev.cairn.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes as real clients do them: what a look-up calls present is not sent, what may be mounted is
 * mounted, then the manifest. Layers are drawn from few, so that what one push leaves to be
 * collected the next one finds or sends again.
 */
final class RacingPushes {
  private static final List<String> REPOSITORIES = List.of("race/a", "race/b", "race/c");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final RegistryCaller caller;
  private final Map<String, String> tags = new ConcurrentHashMap<>();

  RacingPushes(RegistryCaller caller) {
    this.caller = caller;
  }

  /** The digest under each name that was pushed and not taken away again. */
  Map<String, String> tags() {
    return tags;
  }

  /** One push of a name of its own, and with some luck its end: deleted, or moved to another. */
  void push(int number, Random random) throws IOException, InterruptedException {
    String repository = REPOSITORIES.get(random.nextInt(REPOSITORIES.size()));
    String tag = "push-" + number;
    String digest =
        random.nextInt(4) == 0 ? index(repository, tag, random) : image(repository, tag, random);
    tags.put(repository + ":" + tag, digest);
    switch (random.nextInt(5)) {
      case 0 -> {
        tags.remove(repository + ":" + tag);
        caller.send("DELETE", "/v2/" + repository + "/manifests/" + tag);
      }
      case 1 -> tags.put(repository + ":" + tag, image(repository, tag, random));
      default -> {}
    }
  }

  private String image(String repository, String reference, Random random)
      throws IOException, InterruptedException {
    byte[] config = ("{\"n\":" + random.nextInt(12) + "}").getBytes(StandardCharsets.UTF_8);
    var layers = new ArrayList<Object>();
    for (int n = 0; n <= random.nextInt(3); n++) {
      layers.add(blob(repository, layer(random.nextInt(12)), random, "layer.v1.tar"));
    }
    var document = new LinkedHashMap<String, Object>();
    document.put("schemaVersion", 2);
    document.put("mediaType", RegistryCaller.MANIFEST);
    document.put("config", blob(repository, config, random, "config.v1+json"));
    document.put("layers", layers);
    return put(repository, reference, RegistryCaller.MANIFEST, document);
  }

  /** Its members have no tag of their own. */
  private String index(String repository, String reference, Random random)
      throws IOException, InterruptedException {
    var members = new ArrayList<Object>();
    for (String machine : List.of("amd64", "arm64")) {
      String digest = image(repository, "", random);
      var answer = caller.send("GET", "/v2/" + repository + "/manifests/" + digest);
      if (answer.status() != 200) {
        throw new AssertionError("a manifest pushed a moment ago answers " + answer);
      }
      members.add(
          Map.of(
              "mediaType",
              RegistryCaller.MANIFEST,
              "digest",
              digest,
              "size",
              answer.body().length,
              "platform",
              Map.of("os", "linux", "architecture", machine)));
    }
    var document = new LinkedHashMap<String, Object>();
    document.put("schemaVersion", 2);
    document.put("mediaType", RegistryCaller.INDEX);
    document.put("manifests", members);
    return put(repository, reference, RegistryCaller.INDEX, document);
  }

  private String put(String repository, String reference, String type, Map<String, Object> document)
      throws IOException, InterruptedException {
    byte[] bytes = JSON.writeValueAsBytes(document);
    String digest = RegistryCaller.digest(bytes);
    var answer = caller.put(repository, reference.isEmpty() ? digest : reference, type, bytes);
    if (answer.status() != 201) {
      throw new AssertionError("all parts were there, and the manifest is refused: " + answer);
    }
    return digest;
  }

  private Map<String, Object> blob(String repository, byte[] bytes, Random random, String type)
      throws IOException, InterruptedException {
    String digest = RegistryCaller.digest(bytes);
    String other = REPOSITORIES.get(random.nextInt(REPOSITORIES.size()));
    boolean there =
        random.nextBoolean()
            ? caller.has(repository, digest)
            : caller.mount(repository, digest, other);
    if (!there) {
      caller.upload(repository, bytes);
    }
    return Map.of(
        "mediaType", "application/vnd.oci.image." + type, "digest", digest, "size", bytes.length);
  }

  private static byte[] layer(int number) {
    byte[] bytes = new byte[2000 + number];
    new Random(number).nextBytes(bytes);
    return bytes;
  }
}
