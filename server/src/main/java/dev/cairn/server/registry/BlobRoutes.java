package dev.cairn.server.registry;

import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.ByteRange;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.RepositoryAction;
import dev.cairn.service.RepositoryBlobs;
import java.io.IOException;
import java.util.Optional;

/** Blobs of a repository: pull, whole or a range, HEAD, and delete. */
final class BlobRoutes {
  private static final String TYPE = "application/octet-stream";

  private final RepositoryBlobs blobs;
  private final Permits permits;

  BlobRoutes(RepositoryBlobs blobs, Permits permits) {
    this.blobs = blobs;
    this.permits = permits;
  }

  void get(Request request, Response response) throws IOException, InterruptedException {
    RepositoryName repository = permits.require(request, RepositoryAction.PULL);
    Digest digest = Names.digest(request.parameter("digest"));
    var tenant = request.caller().tenant();
    long size = blobs.size(tenant, repository, digest).orElseThrow(BlobRoutes::unknown);
    response.header(Names.DIGEST_HEADER, digest.toString());
    response.header("ETag", "\"" + digest + "\"");
    response.header("Accept-Ranges", "bytes");
    if (request.method().equals("HEAD")) {
      response.head(200, TYPE, size);
      return;
    }
    Optional<ByteRange> range = ByteRange.parse(request.header("Range"), size);
    long first = range.map(ByteRange::first).orElse(0L);
    try (var in = blobs.open(tenant, repository, digest, first)) {
      ByteRange.send(response, TYPE, in, range, size);
    }
  }

  void delete(Request request, Response response) {
    RepositoryName repository = permits.require(request, RepositoryAction.DELETE);
    Digest digest = Names.digest(request.parameter("digest"));
    switch (blobs.delete(request.caller().tenant(), repository, digest)) {
      case DELETED -> response.empty(202);
      case UNKNOWN -> throw unknown();
      case NEEDED ->
          throw new ApiException(
              405,
              "UNSUPPORTED",
              "a manifest of this repository names the blob: delete the manifest first");
    }
  }

  private static ApiException unknown() {
    return new ApiException(404, "BLOB_UNKNOWN", "no such blob here");
  }
}
