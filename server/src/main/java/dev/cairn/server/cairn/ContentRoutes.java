package dev.cairn.server.cairn;

import dev.cairn.build.Source;
import dev.cairn.oci.Digest;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.ByteRange;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Blobs;
import dev.cairn.service.Contexts;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Contexts on their way in, and the resumable upload of blobs. */
final class ContentRoutes {
  private static final Pattern RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-(?:[0-9]{1,18})?/([0-9]{1,18}|\\*)");
  private static final String OFFSET = "Upload-Offset";

  private final Contexts contexts;
  private final Blobs blobs;

  ContentRoutes(Contexts contexts, Blobs blobs) {
    this.contexts = contexts;
    this.blobs = blobs;
  }

  /** The body of an offer. */
  record OfferBody(Optional<List<String>> blocks, Optional<List<String>> bundles) {}

  /** An archive that is already here as a blob. */
  record ArchiveOfBlob(Optional<String> blob) {}

  void offer(Request request, Response response) throws IOException {
    OfferBody body = BuildRoutes.parse(bytes(request), OfferBody.class);
    var answer =
        contexts.offer(
            request.caller().tenant(),
            new Contexts.Offer(
                digests("blocks", body.blocks()), digests("bundles", body.bundles())));
    Map<String, Object> wire = new LinkedHashMap<>();
    switch (answer) {
      case Contexts.Answer.Missing missing -> {
        Map<String, Object> lacking = new LinkedHashMap<>();
        lacking.put("blocks", missing.blocks().stream().map(Digest::toString).toList());
        lacking.put("files", missing.files().stream().map(Digest::toString).toList());
        wire.put("missing", lacking);
      }
      case Contexts.Answer.Complete complete -> {
        wire.put("source", Map.of("manifest", Map.of("pack", complete.source().pack().toString())));
        wire.put("files", complete.files());
        wire.put("bytes", complete.bytes());
      }
    }
    response.json(200, wire);
  }

  void archive(Request request, Response response) throws IOException {
    var tenant = request.caller().tenant();
    Source.Archive archive;
    if (request.header("Content-Type").orElse("").startsWith("application/json")) {
      var body = BuildRoutes.parse(bytes(request), ArchiveOfBlob.class);
      Digest blob = Field.read("blob", Field.required("blob", body.blob()), Digest::parse);
      try (InputStream in = blobs.open(tenant, blob, 0)) {
        archive = contexts.archive(tenant, in);
      }
    } else {
      try (InputStream in = request.body()) {
        archive = contexts.archive(tenant, in);
      }
    }
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("upload", archive.upload().toString());
    source.put("pack", archive.pack().toString());
    response.json(201, Map.of("source", Map.of("archive", source)));
  }

  /** Tells how far an upload has come: 200 when it is complete, else 204 with the offset. */
  void blobHead(Request request, Response response) {
    var tenant = request.caller().tenant();
    Digest digest = digest(request);
    Optional<Long> size = blobs.size(tenant, digest);
    if (size.isPresent()) {
      response.header(OFFSET, Long.toString(size.get()));
      response.head(200, "application/octet-stream", size.get());
      return;
    }
    var upload = blobs.beginOrResume(tenant, digest);
    response.header(OFFSET, Long.toString(upload.offset()));
    response.header("Cache-Control", "no-store");
    response.empty(204);
  }

  void blobGet(Request request, Response response) throws IOException, InterruptedException {
    var tenant = request.caller().tenant();
    Digest digest = digest(request);
    long size =
        blobs
            .size(tenant, digest)
            .orElseThrow(() -> new ApiException(404, "not-found", "no blob of this digest"));
    var range = ByteRange.parse(request.header("Range"), size);
    try (InputStream in = blobs.open(tenant, digest, range.map(ByteRange::first).orElse(0L))) {
      ByteRange.send(response, "application/octet-stream", in, range, size);
    }
  }

  /**
   * Adds bytes. Without {@code Content-Range} the body is the whole blob; with it, a piece that
   * begins where the upload stands, and the blob is complete when its end is the total.
   */
  void blobPut(Request request, Response response) throws IOException {
    var tenant = request.caller().tenant();
    Digest digest = digest(request);
    if (blobs.size(tenant, digest).isPresent()) {
      response.json(200, done(digest, blobs.size(tenant, digest).orElseThrow()));
      return;
    }
    var upload = blobs.beginOrResume(tenant, digest);
    long start = 0;
    Optional<Long> total = Optional.empty();
    Optional<String> header = request.header("Content-Range");
    if (header.isPresent()) {
      Matcher match = RANGE.matcher(header.get().strip());
      if (!match.matches()) {
        throw Field.invalid("Content-Range", "is written bytes FIRST-LAST/TOTAL");
      }
      start = Long.parseLong(match.group(1));
      total = Optional.of(match.group(2)).filter(t -> !t.equals("*")).map(Long::parseLong);
    } else if (upload.offset() > 0) {
      // A whole upload after an interrupted one begins anew.
      blobs.abort(tenant, upload.id());
      upload = blobs.beginOrResume(tenant, digest);
    }
    if (start != upload.offset()) {
      throw new ApiException(409, "wrong-offset", "the upload goes on at byte " + upload.offset())
          .header(OFFSET, Long.toString(upload.offset()));
    }
    try (InputStream in = request.body()) {
      upload = blobs.append(tenant, upload.id(), start, in);
    }
    long stands = upload.offset();
    if (header.isEmpty() || total.filter(t -> t == stands).isPresent()) {
      response.json(201, done(digest, blobs.finish(tenant, upload.id(), digest)));
    } else {
      response.header(OFFSET, Long.toString(stands));
      response.json(202, Map.of("offset", stands));
    }
  }

  private static Map<String, Object> done(Digest digest, long size) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("digest", digest.toString());
    wire.put("size", size);
    return wire;
  }

  static byte[] bytes(Request request) throws IOException {
    try (InputStream body = request.body()) {
      return body.readAllBytes();
    }
  }

  private static Digest digest(Request request) {
    return Field.read("digest", request.parameter("digest"), Digest::parse);
  }

  private static List<Digest> digests(String field, Optional<List<String>> texts) {
    return Field.list(field, texts, 1_000_000).stream()
        .map(text -> Field.read(field, text, Digest::parse))
        .toList();
  }
}
