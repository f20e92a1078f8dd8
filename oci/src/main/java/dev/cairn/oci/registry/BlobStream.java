package dev.cairn.oci.registry;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.http.FetchRequest;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.registry.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A blob as it arrives, checked: the last bytes are handed out only when size and digest of the
 * whole are right. A broken connection is continued where it broke.
 */
final class BlobStream extends InputStream {

  private static final long PROGRESS = 8L * 1024 * 1024;

  private final Call call;
  private final Reference repository;
  private final Descriptor blob;
  private final Digest.Hasher hasher;
  private @Nullable FetchResponse response;
  private long delivered;
  private long brokenAt;
  private int failures;
  private boolean verified;
  private boolean closed;

  BlobStream(Call call, Reference repository, Descriptor blob) throws IOException {
    this.call = call;
    this.repository = repository;
    this.blob = blob;
    this.hasher = blob.digest().algorithm().newHasher();
    this.response = open();
    if (blob.size() == 0) {
      try {
        verify(this.response.body());
      } finally {
        this.response.close();
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (closed) {
      throw new IOException("the blob is closed");
    }
    if (verified) {
      return -1;
    }
    if (length == 0) {
      return 0;
    }
    int wanted = (int) Math.min(length, blob.size() - delivered);
    while (true) {
      try {
        FetchResponse current = response == null ? open() : response;
        response = current;
        int count = current.body().read(target, offset, wanted);
        if (count < 0) {
          throw new IOException(
              "the blob ended after " + delivered + " of " + blob.size() + " bytes");
        }
        hasher.update(target, offset, count);
        delivered += count;
        if (delivered == blob.size()) {
          verify(current.body());
        }
        return count;
      } catch (RegistryException e) {
        throw e;
      } catch (IOException e) {
        drop();
        // Bytes in drops do not buy attempts without end.
        failures = delivered - brokenAt >= PROGRESS ? 0 : failures;
        brokenAt = delivered;
        if (closed || ++failures >= call.settings().attempts()) {
          throw Failures.ofConnection(repository, e);
        }
        call.pauseAfter(failures, Failures.ofConnection(repository, e));
      }
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    drop();
  }

  private void drop() throws IOException {
    FetchResponse current = response;
    response = null;
    if (current != null) {
      current.close();
    }
  }

  private FetchResponse open() throws IOException {
    FetchRequest request = FetchRequest.get(call.url(repository, "blobs/" + blob.digest()));
    if (delivered > 0) {
      request = request.withHeader("Range", "bytes=" + delivered + "-");
    }
    FetchResponse answer = call.send(repository, Scope.pull(repository.repository()), request);
    try {
      switch (answer.status()) {
        case 200 -> {
          checkLength(answer, blob.size());
          // The server does not continue, so what we have is read over; the digest covers what was
          // delivered.
          answer.body().skipNBytes(delivered);
        }
        case 206 -> {
          String range = answer.headers().first("Content-Range").orElse("");
          if (delivered == 0 || !range.startsWith("bytes " + delivered + "-")) {
            throw wrong("it continued the blob " + blob.digest() + " at a wrong place");
          }
          checkLength(answer, blob.size() - delivered);
        }
        case 416 ->
            throw wrong(
                "its blob "
                    + blob.digest()
                    + " has fewer bytes than the "
                    + blob.size()
                    + " promised");
        default -> throw Failures.ofAnswer(repository, "the blob " + blob.digest(), answer);
      }
      return answer;
    } catch (IOException e) {
      answer.close();
      throw e;
    }
  }

  private void checkLength(FetchResponse answer, long expected) throws RegistryException {
    var length = answer.headers().contentLength();
    if (length.isPresent() && length.getAsLong() != expected) {
      throw wrong(
          "its blob "
              + blob.digest()
              + " has "
              + length.getAsLong()
              + " bytes where "
              + expected
              + " were promised");
    }
  }

  private void verify(InputStream rest) throws IOException {
    if (rest.read() >= 0) {
      throw wrong(
          "its blob " + blob.digest() + " has more bytes than the " + blob.size() + " promised");
    }
    Digest actual = hasher.finish();
    if (!actual.equals(blob.digest())) {
      throw wrong("its blob " + blob.digest() + " has other content, with digest " + actual);
    }
    verified = true;
  }

  private RegistryException wrong(String reason) {
    return new RegistryException(Kind.INVALID, repository, reason, false, Optional.empty());
  }
}
