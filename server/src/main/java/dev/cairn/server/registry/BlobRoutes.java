package dev.cairn.server.registry;

import dev.cairn.oci.Digest;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.ByteRange;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Blobs;
import java.io.IOException;
import java.util.Optional;

/** Blobs: pull, whole or a range, and HEAD. Only those that the tenant has a right to are here. */
final class BlobRoutes {
  private static final String TYPE = "application/octet-stream";

  private final Blobs blobs;

  BlobRoutes(Blobs blobs) {
    this.blobs = blobs;
  }

  void get(Request request, Response response) throws IOException, InterruptedException {
    Names.repository(request);
    Digest digest = Names.digest(request.parameter("digest"));
    var tenant = request.caller().tenant();
    long size =
        blobs
            .size(tenant, digest)
            .orElseThrow(() -> new ApiException(404, "BLOB_UNKNOWN", "no such blob here"));
    response.header(Names.DIGEST_HEADER, digest.toString());
    response.header("ETag", "\"" + digest + "\"");
    response.header("Accept-Ranges", "bytes");
    if (request.method().equals("HEAD")) {
      response.head(200, TYPE, size);
      return;
    }
    Optional<ByteRange> range = ByteRange.parse(request.header("Range"), size);
    try (var in = blobs.open(tenant, digest, range.map(ByteRange::first).orElse(0L))) {
      ByteRange.send(response, TYPE, in, range, size);
    }
  }
}
