package dev.cairn.engine.graph;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.FailureKind;
import dev.cairn.content.Attributes;
import dev.cairn.content.blob.Blob;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.engine.copy.CopyOperation;
import dev.cairn.engine.copy.CopySource;
import dev.cairn.engine.copy.InlineTree;
import dev.cairn.oci.Digest;
import dev.cairn.oci.http.FetchRequest;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.http.HttpUrl;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The files that ADD fetches from the web, each once per build, through the address check. */
final class Downloads {
  private static final long MOST_BYTES = 8L << 30;
  private static final int MODE = 0600;

  private final HttpFetcher fetcher;
  private final BlobStore blobs;
  private final BlobLeases leases;
  private final BuildJob job;
  private final BuildSink sink;
  private final Map<String, InlineTree> fetched = new HashMap<>();

  Downloads(HttpFetcher fetcher, BlobStore blobs, BlobLeases leases, BuildJob job, BuildSink sink) {
    this.fetcher = fetcher;
    this.blobs = blobs;
    this.leases = leases;
    this.job = job;
    this.sink = sink;
  }

  /** The files of all URLs of an operation. */
  synchronized Map<CopySource.Url, InlineTree> of(CopyOperation operation) {
    var found = new HashMap<CopySource.Url, InlineTree>();
    for (CopySource source : operation.sources()) {
      if (source instanceof CopySource.Url url) {
        InlineTree file =
            fetched.computeIfAbsent(
                url.url() + "\n" + url.name() + url.checksum(), key -> fetch(url, operation));
        found.put(url, file);
      }
    }
    return found;
  }

  private InlineTree fetch(CopySource.Url url, CopyOperation operation) {
    HttpUrl address;
    try {
      address = HttpUrl.parse(url.url());
    } catch (IllegalArgumentException e) {
      throw failure(FailureKind.INPUT, "url", operation, e.getMessage());
    }
    try (FetchResponse response = fetcher.send(FetchRequest.get(address))) {
      if (!response.isSuccess()) {
        throw failure(
            FailureKind.SOURCE,
            "http-status",
            operation,
            address.shown() + " answered with status " + response.status());
      }
      Blob blob = stored(response.body(), url, operation, address);
      leases.lease(job.id(), Set.of(blob.digest()));
      sink.material(new BuildResult.Material("url", address.shown(), blob.digest().toString()));
      Instant modified =
          response.headers().first("Last-Modified").map(Downloads::time).orElse(Instant.EPOCH);
      return InlineTree.of(
          url.name(),
          Attributes.of(MODE).withMtime(modified.getEpochSecond(), 0),
          blob.size(),
          blob.digest(),
          () -> blobs.open(blob.digest()));
    } catch (IOException e) {
      throw failure(
          FailureKind.SOURCE,
          "download",
          operation,
          address.shown() + " could not be fetched: " + e.getMessage());
    }
  }

  private Blob stored(InputStream in, CopySource.Url url, CopyOperation operation, HttpUrl address)
      throws IOException {
    try (var writer = blobs.writer()) {
      byte[] buffer = new byte[1 << 16];
      Digest.Hasher expected =
          url.checksum().map(Digest::algorithm).orElse(Digest.Algorithm.SHA256).newHasher();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (writer.size() + count > MOST_BYTES) {
          throw failure(
              FailureKind.LIMIT,
              "download-too-large",
              operation,
              address.shown() + " has more than 8 GiB");
        }
        expected.update(buffer, 0, count);
        writer.write(buffer, 0, count);
      }
      Digest found = expected.finish();
      if (url.checksum().isPresent() && !url.checksum().get().equals(found)) {
        throw failure(
            FailureKind.SOURCE,
            "checksum",
            operation,
            "digest mismatch sha256 of "
                + address.shown()
                + ": expected "
                + url.checksum().get()
                + ", found "
                + found);
      }
      return writer.commit();
    }
  }

  private static Instant time(String header) {
    try {
      return ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  private static BuildException failure(
      FailureKind kind,
      String code,
      CopyOperation operation,
      @org.jspecify.annotations.Nullable String sentence) {
    return BuildException.of(kind, code).at(operation.place()).sentence(String.valueOf(sentence));
  }
}
