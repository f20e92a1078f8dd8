package dev.cairn.server.cairn;

import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.server.RepositoryNames;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Json;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Images;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The tenant's images by name. */
final class ImageRoutes {
  private final Images images;

  ImageRoutes(Images images) {
    this.images = images;
  }

  record TagBody(Optional<String> manifest) {}

  void repositories(Request request, Response response) {
    var page =
        images.repositories(
            request.caller().tenant(), request.query("after"), Paging.limit(request, 100));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("repositories", page.items().stream().map(RepositoryName::value).toList());
    page.next().ifPresent(next -> body.put("next", next));
    response.json(200, body);
  }

  void tags(Request request, Response response) {
    var page =
        images.tags(
            request.caller().tenant(),
            repository(request),
            request.query("after"),
            Paging.limit(request, 100));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("tags", page.items().stream().map(Tag::value).toList());
    page.next().ifPresent(next -> body.put("next", next));
    response.json(200, body);
  }

  void inspect(Request request, Response response) {
    var tenant = request.caller().tenant();
    RepositoryName repository = repository(request);
    String reference = request.parameter("reference");
    Optional<Images.StoredManifest> found =
        reference.contains(":")
            ? images.resolve(tenant, repository, Field.read("reference", reference, Digest::parse))
            : images.resolve(tenant, repository, tag(reference));
    var manifest = found.orElseThrow(ImageRoutes::unknown);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("mediaType", manifest.mediaType().value());
    body.put("digest", manifest.digest().toString());
    body.put("size", manifest.size());
    body.put("pushedAt", WireBuild.time(manifest.pushedAt()));
    body.put(
        "manifest", Json.LENIENT.readTree(images.bytes(tenant, repository, manifest.digest())));
    response.json(200, body);
  }

  void tag(Request request, Response response) throws IOException {
    TagBody body = BuildRoutes.parse(ContentRoutes.bytes(request), TagBody.class);
    images.tag(
        request.caller().tenant(),
        repository(request),
        tag(request.parameter("tag")),
        Field.read("manifest", Field.required("manifest", body.manifest()), Digest::parse));
    response.empty(204);
  }

  void deleteTag(Request request, Response response) {
    if (!images.deleteTag(
        request.caller().tenant(), repository(request), tag(request.parameter("tag")))) {
      throw unknown();
    }
    response.empty(204);
  }

  void deleteManifest(Request request, Response response) {
    Digest digest = Field.read("digest", request.parameter("digest"), Digest::parse);
    if (!images.deleteManifest(request.caller().tenant(), repository(request), digest)) {
      throw unknown();
    }
    response.empty(204);
  }

  private static RepositoryName repository(Request request) {
    return Field.read(
        "name",
        request.parameter("name"),
        name -> RepositoryNames.relative(request.caller().tenant(), name));
  }

  private static Tag tag(String text) {
    return Field.read("tag", text, Tag::parse);
  }

  private static ApiException unknown() {
    return new ApiException(404, "not-found", "no such image");
  }
}
