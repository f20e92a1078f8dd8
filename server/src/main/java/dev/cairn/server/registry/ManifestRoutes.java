package dev.cairn.server.registry;

import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Images;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

/** Manifests: pull, push, delete (specification, "Pulling manifests", "Pushing Manifests"). */
final class ManifestRoutes {
  /** What the specification asks registries to take at least. */
  static final long MOST_BYTES = 4 << 20;

  private final Images images;

  ManifestRoutes(Images images) {
    this.images = images;
  }

  void get(Request request, Response response) {
    var tenant = request.caller().tenant();
    RepositoryName repository = Names.repository(request);
    var version = Names.version(request.parameter("reference"));
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
    RepositoryName repository = Names.repository(request);
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
    var stored = images.put(request.caller().tenant(), repository, version.tag(), type, bytes);
    response.header(Names.DIGEST_HEADER, stored.digest().toString());
    response.header(
        "Location", "/v2/" + request.parameter("name") + "/manifests/" + stored.digest());
    response.empty(201);
  }

  void delete(Request request, Response response) {
    var tenant = request.caller().tenant();
    RepositoryName repository = Names.repository(request);
    var version = Names.version(request.parameter("reference"));
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
