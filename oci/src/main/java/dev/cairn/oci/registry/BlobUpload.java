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
 * Sends one blob (distribution specification, "Pushing blobs").
 *
 * <ol>
 *   <li>A blob of one piece is sent with the request that completes it; after a failure it is asked
 *       for, then sent again.
 *   <li>A larger one goes in pieces. Where the next one belongs is remembered, and after a failure
 *       the registry is asked how much it has; what it does not know any more begins anew.
 *   <li>A registry that takes no pieces gets the whole blob at once.
 * </ol>
 */
final class BlobUpload {

  private static final int SHORT_PIECES = 8;

  private final Call call;
  private final Reference repository;
  private final Descriptor blob;
  private final BlobSource source;
  private final UploadMemory memory;
  private final Scope scope;
  private Optional<HttpUrl> location = Optional.empty();
  private long piece;
  private int failures;
  private int refusedOffsets;
  private int shortPieces;
  private boolean moved;

  BlobUpload(
      Call call, Reference repository, Descriptor blob, BlobSource source, UploadMemory memory) {
    this.call = call;
    this.repository = repository;
    this.blob = blob;
    this.source = source;
    this.memory = memory;
    this.scope = Scope.push(repository.repository());
    this.piece = call.settings().pieceBytes();
  }

  void run() throws IOException {
    boolean whole = blob.size() <= piece;
    if (!whole) {
      location = memory.begun();
    }
    while (true) {
      try {
        if (whole) {
          sendWhole();
        } else {
          sendInPieces();
        }
        memory.over();
        return;
      } catch (IOException e) {
        RegistryException failure = Failures.ofConnection(repository, e);
        if (!whole && !failure.retryable() && refusesPieces(failure)) {
          whole = true;
          memory.over();
          continue;
        }
        failures = moved ? 1 : failures + 1;
        moved = false;
        if (!failure.retryable() || failures >= call.settings().attempts()) {
          throw failure;
        }
        call.pauseAfter(failures, failure);
        // The answer may have been lost, not the blob.
        if (call.hasBlob(repository, scope, blob.digest())) {
          memory.over();
          return;
        }
      }
    }
  }

  /** A later piece is refused by what answers with a 4xx that says nothing about who asks. */
  private boolean refusesPieces(RegistryException failure) {
    return failure.kind() == Kind.INVALID && location.isPresent();
  }

  private void sendWhole() throws IOException {
    start();
    complete(RequestBody.of(blob.size(), () -> source.open(0)));
  }

  private void sendInPieces() throws IOException {
    long sent = begin();
    while (sent < blob.size()) {
      long before = sent;
      sent = patch(before);
      boolean full = sent == Math.min(before + piece, blob.size());
      // Taking drops, or nothing, does not buy attempts without end.
      if (!full && ++shortPieces > SHORT_PIECES) {
        throw wrong("it takes less of the upload than it is sent, again and again");
      }
      moved |= full;
      location.ifPresent(memory::continuesAt);
    }
    complete(RequestBody.NONE);
  }

  /** How much the registry has of an upload that was begun; a lost one is started again. */
  private long begin() throws IOException {
    if (location.isEmpty()) {
      start();
      return 0;
    }
    try (FetchResponse response = call.once(repository, scope, FetchRequest.get(place()))) {
      OptionalLong received = received(response);
      if (response.isSuccess() && received.isPresent()) {
        location = location(response).or(() -> location);
        return Math.min(received.getAsLong(), blob.size());
      }
      if (Failures.isTransient(response.status())
          || response.status() == 401
          || response.status() == 403) {
        throw Failures.ofAnswer(repository, "the upload of " + blob.digest(), response);
      }
    }
    start();
    return 0;
  }

  /** Sends the last request. */
  private void complete(RequestBody body) throws IOException {
    FetchRequest request =
        FetchRequest.of("PUT", place().withQuery("digest", blob.digest().toString()))
            .withHeader("Content-Type", "application/octet-stream")
            .withBody(body);
    try (FetchResponse response = call.once(repository, scope, request)) {
      if (response.isSuccess()) {
        return;
      }
      if (response.status() == 404 || response.status() == 416) {
        throw lost();
      }
      throw Failures.ofAnswer(repository, "the upload of " + blob.digest(), response);
    }
  }

  private long patch(long from) throws IOException {
    long length = Math.min(piece, blob.size() - from);
    FetchRequest request =
        FetchRequest.of("PATCH", place())
            .withHeader("Content-Type", "application/octet-stream")
            .withHeader("Content-Range", from + "-" + (from + length - 1))
            .withBody(RequestBody.of(length, () -> source.open(from)));
    try (FetchResponse response = call.once(repository, scope, request)) {
      return switch (response.status()) {
        case 201, 202, 204 -> {
          location = location(response).or(() -> location);
          refusedOffsets = 0;
          yield Math.min(received(response).orElse(from + length), from + length);
        }
        case 416 -> {
          // Asked again, it may say what it has; if that does not help, a new upload does.
          if (++refusedOffsets > 1) {
            throw lost();
          }
          throw new IOException("the registry has another part of the upload");
        }
        // A cancelled upload is answered so by some, with nothing done.
        case 200, 404 -> throw lost();
        default -> throw Failures.ofAnswer(repository, "the upload of " + blob.digest(), response);
      };
    }
  }

  private IOException lost() {
    location = Optional.empty();
    memory.over();
    return new IOException("the registry does not know the upload any more");
  }

  private void start() throws IOException {
    FetchRequest request = FetchRequest.of("POST", call.url(repository, "blobs/uploads/"));
    try (FetchResponse response = call.send(repository, scope, request)) {
      if (response.status() != 202) {
        throw Failures.ofAnswer(repository, "the start of an upload", response);
      }
      location = location(response);
      place();
      OptionalLong least =
          response
              .headers()
              .first("OCI-Chunk-Min-Length")
              .map(BlobUpload::number)
              .orElse(OptionalLong.empty());
      piece = Math.max(call.settings().pieceBytes(), least.orElse(0));
    }
  }

  private HttpUrl place() throws RegistryException {
    return location.orElseThrow(() -> wrong("it did not say where to upload to"));
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
