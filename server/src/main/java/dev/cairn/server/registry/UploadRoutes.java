package dev.cairn.server.registry;

import dev.cairn.oci.Digest;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pushing blobs: whole in one request, whole in two, in chunks, or mounted from another repository
 * (specification, "Pushing blobs").
 */
final class UploadRoutes {
  private static final Pattern CONTENT_RANGE = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

  private final Blobs blobs;

  UploadRoutes(Blobs blobs) {
    this.blobs = blobs;
  }

  void begin(Request request, Response response) throws IOException {
    Names.repository(request);
    var tenant = request.caller().tenant();
    // The right to bytes belongs to the tenant, so whichever repository is named, it is looked up.
    Optional<Digest> mounted = request.query("mount").map(Names::digest);
    if (mounted.filter(digest -> blobs.size(tenant, digest).isPresent()).isPresent()) {
      created(request, response, mounted.get());
      return;
    }
    var upload = blobs.begin(tenant);
    Optional<Digest> whole = request.query("digest").map(Names::digest);
    if (whole.isPresent()) {
      try (InputStream body = request.body()) {
        blobs.append(tenant, upload.id(), 0, body);
      }
      blobs.finish(tenant, upload.id(), whole.get());
      created(request, response, whole.get());
      return;
    }
    accepted(request, response, upload);
  }

  void status(Request request, Response response) {
    Names.repository(request);
    location(request, response, find(request));
    response.empty(204);
  }

  void append(Request request, Response response) throws IOException {
    Names.repository(request);
    var upload = find(request);
    accepted(request, response, add(request, upload));
  }

  void finish(Request request, Response response) throws IOException {
    Names.repository(request);
    var upload = find(request);
    Digest digest =
        request
            .query("digest")
            .map(Names::digest)
            .orElseThrow(
                () -> new ApiException(400, "DIGEST_INVALID", "the query names no digest"));
    add(request, upload);
    blobs.finish(request.caller().tenant(), upload.id(), digest);
    created(request, response, digest);
  }

  void abort(Request request, Response response) {
    Names.repository(request);
    if (!blobs.abort(request.caller().tenant(), request.parameter("upload"))) {
      throw unknown();
    }
    response.empty(204);
  }

  private Blobs.Upload add(Request request, Blobs.Upload upload) throws IOException {
    long offset = upload.offset();
    Optional<String> range = request.header("Content-Range");
    if (range.isPresent()) {
      Matcher match = CONTENT_RANGE.matcher(range.get().strip().replace("bytes ", ""));
      if (!match.matches() || Long.parseLong(match.group(1)) != offset) {
        throw new ApiException(416, "the upload goes on at byte " + offset)
            .header("Range", "0-" + Math.max(0, offset - 1))
            .header("Location", path(request, upload.id()));
      }
    }
    try (InputStream body = request.body()) {
      return blobs.append(request.caller().tenant(), upload.id(), offset, body);
    }
  }

  private Blobs.Upload find(Request request) {
    String id = request.parameter("upload");
    if (!id.matches("[0-9a-f]{32}")) {
      throw unknown();
    }
    return blobs.find(request.caller().tenant(), id).orElseThrow(UploadRoutes::unknown);
  }

  private static void accepted(Request request, Response response, Blobs.Upload upload) {
    location(request, response, upload);
    response.empty(202);
  }

  private static void location(Request request, Response response, Blobs.Upload upload) {
    response.header("Location", path(request, upload.id()));
    response.header("Docker-Upload-UUID", upload.id());
    response.header("Range", "0-" + Math.max(0, upload.offset() - 1));
  }

  private static void created(Request request, Response response, Digest digest) {
    response.header("Location", "/v2/" + request.parameter("name") + "/blobs/" + digest);
    response.header(Names.DIGEST_HEADER, digest.toString());
    response.empty(201);
  }

  private static String path(Request request, String id) {
    return "/v2/" + request.parameter("name") + "/blobs/uploads/" + id;
  }

  private static ApiException unknown() {
    return new ApiException(404, "BLOB_UPLOAD_UNKNOWN", "no such upload");
  }
}
