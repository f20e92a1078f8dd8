package dev.cairn.server.registry;

import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Blobs;
import dev.cairn.service.RepositoryAction;
import dev.cairn.service.RepositoryBlobs;
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

  private final RepositoryBlobs blobs;
  private final Permits permits;

  UploadRoutes(RepositoryBlobs blobs, Permits permits) {
    this.blobs = blobs;
    this.permits = permits;
  }

  void begin(Request request, Response response) throws IOException {
    RepositoryName repository = permits.require(request, RepositoryAction.PUSH);
    var tenant = request.caller().tenant();
    Optional<Digest> mount = request.query("mount").map(Names::digest);
    if (mount.isPresent() && mounted(request, repository, mount.get())) {
      created(request, response, mount.get());
      return;
    }
    Optional<Digest> whole = request.query("digest").map(Names::digest);
    var upload = blobs.begin(tenant, repository);
    if (whole.isPresent()) {
      try (InputStream body = request.body()) {
        blobs.append(tenant, repository, upload.id(), 0, body);
      }
      blobs.finish(tenant, repository, upload.id(), whole.get());
      created(request, response, whole.get());
      return;
    }
    accepted(request, response, upload);
  }

  /** What cannot be mounted is uploaded, so that a refusal tells nothing. */
  private boolean mounted(Request request, RepositoryName repository, Digest digest) {
    Optional<String> named = request.query("from").filter(text -> !text.isEmpty());
    Optional<RepositoryName> from = named.flatMap(text -> permits.source(request, text));
    if (named.isPresent() && from.isEmpty()) {
      return false;
    }
    var caller = request.caller();
    return blobs.mount(
        caller.tenant(),
        repository,
        digest,
        from,
        source -> caller.may(RepositoryAction.PULL, source));
  }

  void status(Request request, Response response) {
    RepositoryName repository = permits.require(request, RepositoryAction.PUSH);
    location(request, response, find(request, repository));
    response.empty(204);
  }

  void append(Request request, Response response) throws IOException {
    RepositoryName repository = permits.require(request, RepositoryAction.PUSH);
    accepted(request, response, add(request, repository, find(request, repository)));
  }

  void finish(Request request, Response response) throws IOException {
    RepositoryName repository = permits.require(request, RepositoryAction.PUSH);
    var upload = find(request, repository);
    Digest digest =
        request
            .query("digest")
            .map(Names::digest)
            .orElseThrow(
                () -> new ApiException(400, "DIGEST_INVALID", "the query names no digest"));
    add(request, repository, upload);
    blobs.finish(request.caller().tenant(), repository, upload.id(), digest);
    created(request, response, digest);
  }

  void abort(Request request, Response response) {
    RepositoryName repository = permits.require(request, RepositoryAction.PUSH);
    if (!blobs.abort(request.caller().tenant(), repository, request.parameter("upload"))) {
      throw unknown();
    }
    response.empty(204);
  }

  private Blobs.Upload add(Request request, RepositoryName repository, Blobs.Upload upload)
      throws IOException {
    long offset = upload.offset();
    Optional<String> range = request.header("Content-Range");
    if (range.isPresent()) {
      check(request, upload, CONTENT_RANGE.matcher(range.get().strip().replace("bytes ", "")));
    }
    try (InputStream body = request.body()) {
      return blobs.append(request.caller().tenant(), repository, upload.id(), offset, body);
    }
  }

  private static void check(Request request, Blobs.Upload upload, Matcher range) {
    long offset = upload.offset();
    if (!range.matches() || Long.parseLong(range.group(1)) != offset) {
      throw new ApiException(416, "the upload goes on at byte " + offset)
          .header("Range", range(upload))
          .header("Location", path(request, upload.id()))
          .header("Docker-Upload-UUID", upload.id());
    }
    long length = Long.parseLong(range.group(2)) - offset + 1;
    if (request.contentLength().orElse(length) != length) {
      throw new ApiException(
          400, "SIZE_INVALID", "Content-Range and Content-Length name different numbers of bytes");
    }
  }

  private Blobs.Upload find(Request request, RepositoryName repository) {
    String id = request.parameter("upload");
    if (!id.matches("[0-9a-f]{32}")) {
      throw unknown();
    }
    return blobs.find(request.caller().tenant(), repository, id).orElseThrow(UploadRoutes::unknown);
  }

  private static void accepted(Request request, Response response, Blobs.Upload upload) {
    location(request, response, upload);
    response.empty(202);
  }

  private static void location(Request request, Response response, Blobs.Upload upload) {
    response.header("Location", path(request, upload.id()));
    response.header("Docker-Upload-UUID", upload.id());
    response.header("Range", range(upload));
  }

  private static String range(Blobs.Upload upload) {
    return "0-" + Math.max(0, upload.offset() - 1);
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
