package dev.cairn.server.registry;

import dev.cairn.oci.Digest;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.ByteRange;
import dev.cairn.server.http.Handler;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Mirrors;
import dev.cairn.service.Mirrors.MirroredManifest;
import dev.cairn.service.Mirrors.Place;
import dev.cairn.service.RepositoryAction;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Stands before the routes of our own repositories and serves those of mirrors: paths that begin
 * with a mirror's name, and any path if {@code ns=} names one, as containerd says it.
 */
final class MirrorRoutes {
  private static final String TYPE = "application/octet-stream";

  private final Mirrors mirrors;
  private final Permits permits;

  MirrorRoutes(Mirrors mirrors, Permits permits) {
    this.mirrors = mirrors;
    this.permits = permits;
  }

  private interface MirrorHandler {
    void handle(Place place, Request request, Response response)
        throws IOException, InterruptedException;
  }

  /** Manifests of mirrors; others by the given handler. */
  Handler manifests(Handler own) {
    return or(this::manifest, own);
  }

  /** Blobs of mirrors; others by the given handler. */
  Handler blobs(Handler own) {
    return or(this::blob, own);
  }

  /** Nothing is written into a mirror. */
  Handler writes(Handler own) {
    return or(
        (place, request, response) -> {
          throw new ApiException(
              405,
              "UNSUPPORTED",
              place.mirror() + " is a mirror, which is only read; push to another repository");
        },
        own);
  }

  private Handler or(MirrorHandler mirrored, Handler own) {
    return (request, response) -> {
      Optional<Place> place = mirrors.find(request.parameter("name"), request.query("ns"));
      if (place.isPresent()) {
        mirrored.handle(place.get(), request, response);
      } else {
        own.handle(request, response);
      }
    };
  }

  private void manifest(Place place, Request request, Response response) {
    permits.require(request, RepositoryAction.PULL);
    var version = Names.version(request.parameter("reference"));
    MirroredManifest manifest =
        version
            .digest()
            .map(digest -> mirrors.manifest(place, digest))
            .orElseGet(() -> mirrors.manifest(place, version.tag().orElseThrow()));
    response.header(Names.DIGEST_HEADER, manifest.digest().toString());
    response.header("ETag", "\"" + manifest.digest() + "\"");
    if (manifest.stale()) {
      // RFC 7234, section 5.5.1.
      response.header("Warning", "110 cairn \"the registry could not be asked\"");
    }
    String type = manifest.mediaType().value();
    if (request.method().equals("HEAD")) {
      response.head(200, type, manifest.bytes().length);
    } else {
      response.bytes(200, type, manifest.bytes());
    }
  }

  private void blob(Place place, Request request, Response response)
      throws IOException, InterruptedException {
    permits.require(request, RepositoryAction.PULL);
    Digest digest = Names.digest(request.parameter("digest"));
    long size =
        mirrors
            .size(place, digest)
            .orElseThrow(() ->
                new ApiException(
                    404, "BLOB_UNKNOWN", "no manifest that was pulled here names this blob"));
    response.header(Names.DIGEST_HEADER, digest.toString());
    response.header("ETag", "\"" + digest + "\"");
    response.header("Accept-Ranges", "bytes");
    if (request.method().equals("HEAD")) {
      response.head(200, TYPE, size);
      return;
    }
    Optional<ByteRange> range = ByteRange.parse(request.header("Range"), size);
    try (InputStream in = mirrors.open(place, digest, range.map(ByteRange::first).orElse(0L))) {
      ByteRange.send(response, TYPE, in, range, size);
    }
  }
}
