package dev.cairn.server.registry;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Images;
import dev.cairn.service.RepositoryAction;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

/** Manifests: pull, push, delete (specification, "Pulling manifests", "Pushing Manifests"). */
final class ManifestRoutes {
  /** What the specification asks registries to take at least. */
  static final long MOST_BYTES = 4 << 20;

  private final Images images;
  private final Permits permits;

  ManifestRoutes(Images images, Permits permits) {
    this.images = images;
    this.permits = permits;
  }

  void get(Request request, Response response) {
    var tenant = request.caller().tenant();
    RepositoryName repository = permits.require(request, RepositoryAction.PULL);
    var version = Names.known(request.parameter("reference"));
    var manifest =
        version
            .digest()
            .map(digest -> images.resolve(tenant, repository, digest))
            .orElseGet(() -> images.resolve(tenant, repository, version.tag().orElseThrow()))
            .orElseThrow(ManifestRoutes::unknown);
    String type = manifest.mediaType().value();
    if (!accepts(request.headers("Accept"), type)) {
      throw new ApiException(
          404, "MANIFEST_UNKNOWN", "the manifest is of type " + type + ", which Accept leaves out");
    }
    response.header(Names.DIGEST_HEADER, manifest.digest().toString());
    response.header("ETag", "\"" + manifest.digest() + "\"");
    if (request.method().equals("HEAD")) {
      response.head(200, type, manifest.size());
    } else {
      response.bytes(200, type, images.bytes(tenant, repository, manifest.digest()));
    }
  }

  void put(Request request, Response response) throws IOException {
    RepositoryName repository = permits.require(request, RepositoryAction.PUSH);
    var version = Names.version(request.parameter("reference"));
    MediaType type = mediaType(request);
    byte[] bytes;
    try (InputStream body = request.body()) {
      bytes = body.readAllBytes();
    }
    version
        .digest()
        .filter(asked -> !asked.equals(digest(asked, bytes)))
        .ifPresent(asked -> {
          throw new ApiException(
              400, "DIGEST_INVALID", "the manifest's bytes do not have the digest " + asked);
        });
    var tenant = request.caller().tenant();
    var pushed =
        images.push(
            tenant,
            repository,
            version.tag(),
            version.digest().map(Digest::algorithm).orElse(Digest.Algorithm.SHA256),
            type,
            bytes);
    Digest digest = pushed.manifest().digest();
    pushed.subject().ifPresent(subject -> tellSubject(response, tenant, repository, subject));
    response.header(Names.DIGEST_HEADER, digest.toString());
    response.header("Location", "/v2/" + request.parameter("name") + "/manifests/" + digest);
    response.empty(201);
  }

  /** That we list referrers ourselves, and, since it is easily a mistake, that there is no such. */
  private void tellSubject(
      Response response, TenantId tenant, RepositoryName repository, Digest subject) {
    response.header("OCI-Subject", subject.toString());
    if (images.resolve(tenant, repository, subject).isEmpty()) {
      response.header(
          "Warning", "299 - \"the subject " + subject + " is not in this repository yet\"");
    }
  }

  void delete(Request request, Response response) {
    var tenant = request.caller().tenant();
    RepositoryName repository = permits.require(request, RepositoryAction.DELETE);
    var version = Names.known(request.parameter("reference"));
    boolean deleted =
        version
            .digest()
            .map(digest -> images.deleteManifest(tenant, repository, digest))
            .orElseGet(() -> images.deleteTag(tenant, repository, version.tag().orElseThrow()));
    if (!deleted) {
      throw unknown();
    }
    response.empty(202);
  }

  private static Digest digest(Digest asked, byte[] bytes) {
    return asked.algorithm().newHasher().update(bytes).finish();
  }

  private static MediaType mediaType(Request request) {
    try {
      return MediaType.parseContentType(
          request
              .header("Content-Type")
              .orElseThrow(
                  () -> new ApiException(400, "MANIFEST_INVALID", "the Content-Type is missing")));
    } catch (InvalidOciException e) {
      throw new ApiException(400, "MANIFEST_INVALID", String.valueOf(e.getMessage())).cause(e);
    }
  }

  /** Whether an Accept header lets this type through; none at all accepts everything. */
  private static boolean accepts(List<String> accept, String type) {
    if (accept.isEmpty()) {
      return true;
    }
    for (String header : accept) {
      for (String item : header.split(",")) {
        String wanted = item.split(";")[0].strip().toLowerCase(Locale.ROOT);
        if (wanted.equals("*/*") || wanted.equals("application/*") || wanted.equals(type)) {
          return true;
        }
      }
    }
    return false;
  }

  private static ApiException unknown() {
    return new ApiException(404, "MANIFEST_UNKNOWN", "no such manifest here");
  }
}
