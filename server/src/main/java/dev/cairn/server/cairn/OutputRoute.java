package dev.cairn.server.cairn;

import dev.cairn.build.BuildState;
import dev.cairn.build.TenantId;
import dev.cairn.content.Attributes;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Handler;
import dev.cairn.server.http.Json;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Blobs;
import dev.cairn.service.Build;
import dev.cairn.service.Builds;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A finished image as a tar stream: an OCI layout ({@code oci}), the same with Docker's {@code
 * manifest.json} ({@code docker}), or the flattened file tree ({@code tar}).
 */
final class OutputRoute implements Handler {
  private static final Attributes FILE = Attributes.of(0644);
  private static final int MOST_MANIFEST = 4 << 20;

  private final Builds builds;
  private final Blobs blobs;
  private final BlobStore store;

  OutputRoute(Builds builds, Blobs blobs, BlobStore store) {
    this.builds = builds;
    this.blobs = blobs;
    this.store = store;
  }

  /** The one image that is written: the digests of its config and layers. */
  record Single(Digest config, List<Digest> layers) {}

  @Override
  public void handle(Request request, Response response) throws IOException, InterruptedException {
    Build build = BuildRoutes.find(builds, request);
    if (build.state() != BuildState.READY || build.result().isEmpty()) {
      throw new ApiException(409, "build-not-ready", "the build has no image: it is not ready");
    }
    var result = build.result().get();
    TenantId tenant = build.tenant();
    String type = request.query("type").orElse("oci");
    switch (type) {
      case "oci" -> {
        var names = result.names();
        send(response, out -> layout(out, tenant, result, names, false));
      }
      case "docker" -> {
        single(tenant, result);
        var names = result.names().stream().map(name -> tenant + "/" + name).toList();
        send(response, out -> layout(out, tenant, result, names, true));
      }
      case "tar" -> {
        var layers = single(tenant, result).layers();
        send(response, out -> new FlatTar(store).write(layers, out));
      }
      default -> throw Field.invalid("type", "is oci, docker or tar");
    }
  }

  private static void send(Response response, Response.Body body)
      throws IOException, InterruptedException {
    response.stream(
        200,
        "application/x-tar",
        OptionalLong.empty(),
        out -> {
          var buffered = new BufferedOutputStream(out, 64 << 10);
          body.writeTo(buffered);
          buffered.flush();
        });
  }

  /** The image for types that know one platform only. */
  private Single single(TenantId tenant, Build.Outcome result) throws IOException {
    if (result.manifests().size() != 1) {
      throw new ApiException(
          409, "several-platforms", "the image has several platforms; only type=oci can hold them");
    }
    Descriptor descriptor = result.manifests().getFirst();
    JsonNode manifest = json(tenant, descriptor.digest());
    List<Digest> layers = new ArrayList<>();
    for (JsonNode layer : manifest.path("layers")) {
      layers.add(Digest.parse(layer.path("digest").asString("")));
    }
    return new Single(Digest.parse(manifest.path("config").path("digest").asString("")), layers);
  }

  private void layout(
      OutputStream out, TenantId tenant, Build.Outcome result, List<String> names, boolean docker)
      throws IOException {
    var tar = new TarWriter(TarSink.of(out), false);
    entry(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    entry(tar, "index.json", Json.STRICT.writeValueAsBytes(index(result.image(), names)));
    if (docker) {
      entry(
          tar,
          "manifest.json",
          Json.STRICT.writeValueAsBytes(List.of(legacy(single(tenant, result), names))));
    }
    for (Digest digest : reachable(tenant, result)) {
      long size =
          blobs
              .size(tenant, digest)
              .orElseThrow(() -> new IOException("blob " + digest + " of a ready image is gone"));
      try (InputStream in = blobs.open(tenant, digest, 0)) {
        tar.add(TarEntry.file(path(digest), FILE, size), in);
      }
    }
    tar.finish();
  }

  private static Map<String, Object> index(Descriptor image, List<String> names) {
    List<Map<String, Object>> manifests = new ArrayList<>();
    for (String name : names.isEmpty() ? List.of("") : names) {
      Map<String, Object> manifest = WireBuild.descriptor(image);
      manifest.remove("platform");
      if (!name.isEmpty()) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("io.containerd.image.name", name);
        annotations.put(
            "org.opencontainers.image.ref.name", name.substring(name.lastIndexOf(':') + 1));
        manifest.put("annotations", annotations);
      }
      manifests.add(manifest);
    }
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("schemaVersion", 2);
    index.put("mediaType", "application/vnd.oci.image.index.v1+json");
    index.put("manifests", manifests);
    return index;
  }

  private static Map<String, Object> legacy(Single image, List<String> names) {
    Map<String, Object> legacy = new LinkedHashMap<>();
    legacy.put("Config", path(image.config()));
    legacy.put("RepoTags", names);
    legacy.put("Layers", image.layers().stream().map(OutputRoute::path).toList());
    return legacy;
  }

  /** Every blob of the image, each once: manifests first, then configs and layers. */
  private Set<Digest> reachable(TenantId tenant, Build.Outcome result) throws IOException {
    Set<Digest> all = new LinkedHashSet<>();
    all.add(result.image().digest());
    for (Descriptor descriptor : result.manifests()) {
      all.add(descriptor.digest());
    }
    for (Descriptor descriptor : result.manifests()) {
      JsonNode manifest = json(tenant, descriptor.digest());
      all.add(Digest.parse(manifest.path("config").path("digest").asString("")));
      for (JsonNode layer : manifest.path("layers")) {
        all.add(Digest.parse(layer.path("digest").asString("")));
      }
    }
    return all;
  }

  private JsonNode json(TenantId tenant, Digest digest) throws IOException {
    try (InputStream in = blobs.open(tenant, digest, 0)) {
      return Json.LENIENT.readTree(in.readNBytes(MOST_MANIFEST));
    }
  }

  private static void entry(TarWriter tar, String path, byte[] bytes) throws IOException {
    tar.add(TarEntry.file(path, FILE, bytes.length));
    tar.write(bytes, 0, bytes.length);
  }

  private static String path(Digest digest) {
    return "blobs/" + digest.algorithm().label() + "/" + digest.hex();
  }
}
