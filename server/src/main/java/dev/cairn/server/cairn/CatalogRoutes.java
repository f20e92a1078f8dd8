package dev.cairn.server.cairn;

import dev.cairn.build.TenantId;
import dev.cairn.oci.ContainerConfig;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.History;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.registry.Credential;
import dev.cairn.server.ImageNames;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.NamedImages;
import dev.cairn.service.NamedImages.Name;
import dev.cairn.service.NamedImages.NamedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tenant's images by name, with those on their way here from other registries. */
final class CatalogRoutes {
  private final NamedImages images;
  private final ImageNames names;

  CatalogRoutes(NamedImages images) {
    this.images = images;
    this.names = new ImageNames(images);
  }

  record PullBody(
      Optional<String> source,
      Optional<String> name,
      Optional<String> platform,
      Optional<Map<String, String>> labels,
      Optional<LoginBody> login) {}

  record LoginBody(Optional<String> username, Optional<String> password, Optional<String> token) {
    /** Never shows what it holds. */
    @Override
    public String toString() {
      return "***";
    }
  }

  void list(Request request, Response response) {
    TenantId tenant = request.caller().tenant();
    Optional<RepositoryName> repository =
        request
            .query("repository")
            .map(text -> Field.read("repository", text, RepositoryName::new));
    var page = images.list(tenant, repository, request.query("after"), Paging.limit(request, 100));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("images", page.items().stream().map(image -> wire(tenant, image)).toList());
    page.next().ifPresent(next -> body.put("next", next));
    response.json(200, body);
  }

  void get(Request request, Response response) {
    TenantId tenant = request.caller().tenant();
    NamedImage image = find(request);
    Map<String, Object> wire = wire(tenant, image);
    images
        .details(tenant, image)
        .ifPresent(details -> {
          wire.put("manifest", WireBuild.descriptor(details.manifest()));
          wire.put("config", config(details.config().config()));
          wire.put("history", history(details));
        });
    response.json(200, wire);
  }

  void delete(Request request, Response response) {
    if (!images.delete(request.caller().tenant(), find(request).name())) {
      throw unknown();
    }
    response.empty(204);
  }

  void pull(Request request, Response response) throws IOException {
    PullBody body = BuildRoutes.parse(ContentRoutes.bytes(request), PullBody.class);
    TenantId tenant = request.caller().tenant();
    Reference source =
        Field.read("source", Field.required("source", body.source()), Reference::parse).orLatest();
    if (source.registry().toString().equals(request.host())) {
      throw Field.invalid("source", "names this registry, where the image is already if it is");
    }
    Name name =
        body.name()
            .map(
                text -> Field.read("name", text, t -> ImageNames.name(tenant, t, Optional.empty())))
            .orElseGet(() ->
                Field.read("source", source, s -> ImageNames.kept(tenant, s, Optional.empty())));
    var pull =
        new NamedImages.Pull(
            name,
            source,
            body.platform()
                .map(text -> Field.read("platform", text, Platform::parse))
                .orElseGet(NamedImages::usualPlatform),
            BuildRoutes.labels(body.labels()),
            body.login().map(CatalogRoutes::login));
    response.json(202, wire(tenant, images.pull(tenant, pull)));
  }

  private static Credential login(LoginBody body) {
    if (body.token().isPresent() && body.username().isEmpty() && body.password().isEmpty()) {
      return new Credential.AccessToken(body.token().get());
    }
    if (body.token().isEmpty() && body.username().isPresent() && body.password().isPresent()) {
      return new Credential.Basic(body.username().get(), body.password().get());
    }
    throw Field.invalid("login", "has username and password, or token");
  }

  private NamedImage find(Request request) {
    return names
        .find(request.caller().tenant(), request.parameter("name"), Set.of(request.host()))
        .orElseThrow(CatalogRoutes::unknown);
  }

  private static ApiException unknown() {
    return new ApiException(404, "not-found", "no image with this name");
  }

  private Map<String, Object> wire(TenantId tenant, NamedImage image) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("name", image.name().toString());
    wire.put("repository", image.name().repository().value());
    wire.put(image.name().isDigest() ? "byDigest" : "tag", image.name().version());
    wire.put("state", Field.word(image.state()));
    image.digest().ifPresent(digest -> wire.put("digest", digest.toString()));
    image.source().ifPresent(source -> wire.put("source", source.toString()));
    image.error().ifPresent(error -> wire.put("error", error));
    image.position().ifPresent(position -> wire.put("position", position));
    var details = images.details(tenant, image);
    details.ifPresent(d -> wire.put("bytes", d.bytes()));
    details
        .map(d -> d.config().platform())
        .or(image::platform)
        .ifPresent(platform -> wire.put("platform", platform.toString()));
    wire.put("labels", image.labels());
    wire.put("createdAt", WireBuild.time(image.createdAt()));
    return wire;
  }

  private static Map<String, Object> config(ContainerConfig config) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("user", config.user());
    wire.put("workingDir", config.workingDir());
    config.entrypoint().ifPresent(words -> wire.put("entrypoint", words));
    config.cmd().ifPresent(words -> wire.put("cmd", words));
    wire.put("env", config.env());
    wire.put("exposedPorts", config.exposedPorts());
    wire.put("volumes", config.volumes());
    wire.put("labels", config.labels());
    return wire;
  }

  /** Newest first, as people read it; each entry that made a layer with that layer. */
  private static List<Map<String, Object>> history(NamedImages.Details details) {
    List<Map<String, Object>> entries = new ArrayList<>();
    int layer = 0;
    for (History entry : details.config().history()) {
      Map<String, Object> wire = new LinkedHashMap<>();
      entry.created().ifPresent(at -> wire.put("createdAt", WireBuild.time(at)));
      wire.put("createdBy", entry.createdBy().orElse(""));
      entry.comment().ifPresent(text -> wire.put("comment", text));
      if (!entry.emptyLayer() && layer < details.layers().size()) {
        Descriptor blob = details.layers().get(layer++);
        wire.put("layer", blob.digest().toString());
        wire.put("bytes", blob.size());
      }
      entries.addFirst(wire);
    }
    return entries;
  }
}
