package dev.cairn.oci.registry;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Reference;
import dev.cairn.oci.http.FetchRequest;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.http.RequestBody;
import dev.cairn.oci.registry.RegistryException.Kind;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Sends one blob (distribution specification, "Pushing blobs"). First as one stream; if that
 * breaks, in chunks, each of which continues from what the registry says it has.
 */
final class BlobUpload {

  private static final long CHUNK = 16L * 1024 * 1024;

  private final Call call;
  private final Reference repository;
  private final Descriptor blob;
  private final BlobSource source;
  private final Scope scope;
  private HttpUrl location;
  private long chunk = CHUNK;

  /** {@code location} is what the registry answered to the first POST. */
  BlobUpload(
      Call call, Reference repository, Descriptor blob, BlobSource source, FetchResponse started)
      throws RegistryException {
    this.call = call;
    this.repository = repository;
    this.blob = blob;
    this.source = source;
    this.scope = Scope.push(repository.repository());
    this.location = location(started).orElseThrow(() -> wrong("it did not say where to upload to"));
  }

  void run() throws IOException {
    try {
      if (complete(RequestBody.of(blob.size(), () -> source.open(0)))) {
        return;
      }
    } catch (RegistryException e) {
      if (!e.retryable()) {
        throw e;
      }
    }
    call.pauseAfter(1);
    start();
    inChunks();
  }

  private void inChunks() throws IOException {
    long sent = 0;
    int failures = 0;
    while (true) {
      try {
        if (sent < blob.size()) {
          sent = patch(sent);
        } else if (complete(RequestBody.NONE)) {
          return;
        } else {
          throw Failures.ofConnection(repository, new IOException("the upload was not completed"));
        }
        failures = 0;
      } catch (IOException e) {
        RegistryException failure = Failures.ofConnection(repository, e);
        if (!failure.retryable() || ++failures >= call.settings().attempts()) {
          throw failure;
        }
        call.pauseAfter(failures);
        sent = offset();
      }
    }
  }

  /** Sends the last request; true if the blob is there, false if only a new upload can help. */
  private boolean complete(RequestBody body) throws IOException {
    FetchRequest request =
        FetchRequest.of("PUT", location.withQuery("digest", blob.digest().toString()))
            .withHeader("Content-Type", "application/octet-stream")
            .withBody(body);
    try (FetchResponse response = call.once(repository, scope, request)) {
      if (response.isSuccess()) {
        return true;
      }
      if (response.status() == 404 || response.status() == 416) {
        return false;
      }
      throw Failures.ofAnswer(repository, "the upload of " + blob.digest(), response);
    } catch (IOException e) {
      throw Failures.ofConnection(repository, e);
    }
  }

  private long patch(long from) throws IOException {
    long length = Math.min(chunk, blob.size() - from);
    FetchRequest request =
        FetchRequest.of("PATCH", location)
            .withHeader("Content-Type", "application/octet-stream")
            .withHeader("Content-Range", from + "-" + (from + length - 1))
            .withBody(RequestBody.of(length, () -> source.open(from)));
    try (FetchResponse response = call.once(repository, scope, request)) {
      if (response.status() == 416) {
        throw new IOException("the registry has another part of the upload");
      }
      if (!response.isSuccess()) {
        throw Failures.ofAnswer(repository, "the upload of " + blob.digest(), response);
      }
      location = location(response).orElse(location);
      return Math.min(received(response).orElse(from + length), from + length);
    }
  }

  /** How much the registry has; a lost upload is started again. */
  private long offset() throws IOException {
    try (FetchResponse response = call.once(repository, scope, FetchRequest.get(location))) {
      if (response.isSuccess()) {
        location = location(response).orElse(location);
        return Math.min(received(response).orElse(0), blob.size());
      }
      if (response.status() != 404) {
        throw Failures.ofAnswer(repository, "the upload of " + blob.digest(), response);
      }
    }
    start();
    return 0;
  }

  private void start() throws IOException {
    FetchRequest request = FetchRequest.of("POST", call.url(repository, "blobs/uploads/"));
    try (FetchResponse response = call.send(repository, scope, request)) {
      if (response.status() != 202) {
        throw Failures.ofAnswer(repository, "the start of an upload", response);
      }
      location = location(response).orElseThrow(() -> wrong("it did not say where to upload to"));
      OptionalLong least =
          response
              .headers()
              .first("OCI-Chunk-Min-Length")
              .map(BlobUpload::number)
              .orElse(OptionalLong.empty());
      chunk = Math.max(CHUNK, least.orElse(0));
    }
  }

  private Optional<HttpUrl> location(FetchResponse response) throws RegistryException {
    Optional<String> header = response.headers().first("Location");
    try {
      return header.map(text -> response.url().resolve(text));
    } catch (IllegalArgumentException e) {
      throw wrong("it wants the upload at a bad address: " + e.getMessage());
    }
  }

  /**
   * {@code Range: 0-99} says that 100 bytes are there; {@code 0-0} is also what is said of none.
   */
  private static OptionalLong received(FetchResponse response) {
    String range = response.headers().first("Range").orElse("");
    int dash = range.indexOf('-');
    OptionalLong last = dash < 0 ? OptionalLong.empty() : number(range.substring(dash + 1));
    return last.isEmpty()
        ? last
        : OptionalLong.of(last.getAsLong() == 0 ? 0 : last.getAsLong() + 1);
  }

  private static OptionalLong number(String text) {
    boolean good =
        !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return good ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  private RegistryException wrong(String reason) {
    return RegistryException.of(Kind.INVALID, repository, reason);
  }
}
