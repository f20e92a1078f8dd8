package dev.cairn.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads images from registries without TLS, each layer once however many images have it. */
final class RegistryImages implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final String TYPES =
      "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json,"
          + " application/vnd.docker.distribution.manifest.v2+json";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, LayerListing> layers = new ConcurrentHashMap<>();
  private final String login;

  RegistryImages(String token) {
    byte[] pair = ("any:" + token).getBytes(StandardCharsets.UTF_8);
    this.login = "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /**
   * An image as it is compared.
   *
   * @param config lines about history and config
   * @param tree its files
   */
  record Image(List<String> config, ImageTree tree) {}

  /** Reads {@code HOST:PORT/NAME:TAG}, checking every digest. */
  Image read(String reference) throws IOException, InterruptedException {
    String host = reference.substring(0, reference.indexOf('/'));
    String name = reference.substring(host.length() + 1, reference.lastIndexOf(':'));
    String tag = reference.substring(reference.lastIndexOf(':') + 1);
    String root = "http://" + host + "/v2/" + name + "/";
    JsonNode manifest = JSON.readTree(bytes(root + "manifests/" + tag));
    if (manifest.has("manifests")) {
      String digest = manifest.get("manifests").get(0).get("digest").asString();
      manifest = JSON.readTree(bytes(root + "manifests/" + digest));
    }
    String configDigest = manifest.get("config").get("digest").asString();
    var config = (ObjectNode) JSON.readTree(bytes(root + "blobs/" + configDigest));
    JsonNode diffIds = config.path("rootfs").path("diff_ids");
    List<LayerListing> listings = new ArrayList<>();
    for (JsonNode layer : manifest.get("layers")) {
      String digest = layer.get("digest").asString();
      LayerListing listing = layers.get(digest);
      if (listing == null) {
        listing = layer(root + "blobs/" + digest, digest);
        layers.put(digest, listing);
      }
      if (!listing.diffId().equals(diffIds.get(listings.size()).asString())) {
        throw new AssertionError(reference + ": a layer's content is not what its diff id says");
      }
      listings.add(listing);
    }
    List<String> lines = new ArrayList<>();
    ImageSummary.describeConfig(config, lines);
    lines.add("layers " + listings.size());
    return new Image(lines, ImageTree.of(listings));
  }

  private LayerListing layer(String url, String expected) throws IOException, InterruptedException {
    MessageDigest digest = LayerListing.sha256();
    try (InputStream in = new DigestInputStream(open(url), digest)) {
      LayerListing listing = LayerListing.read(in);
      in.transferTo(OutputStream.nullOutputStream());
      String found = "sha256:" + HexFormat.of().formatHex(digest.digest());
      if (!found.equals(expected)) {
        throw new AssertionError(url + " has the digest " + found);
      }
      return listing;
    }
  }

  private byte[] bytes(String url) throws IOException, InterruptedException {
    try (InputStream in = open(url)) {
      return in.readAllBytes();
    }
  }

  private InputStream open(String url) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Accept", TYPES)
            .header("Authorization", login)
            .build();
    HttpResponse<InputStream> answer =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (answer.statusCode() != 200) {
      throw new AssertionError(url + " answered " + answer.statusCode());
    }
    return answer.body();
  }

  @Override
  public void close() {
    http.close();
  }
}
