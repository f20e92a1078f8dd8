package dev.cairn.engine.copy;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.content.Attributes;
import dev.cairn.content.blob.Blob;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.blob.BlobWriter;
import dev.cairn.content.blob.DigestMismatchException;
import dev.cairn.oci.Digest;
import dev.cairn.oci.http.AddressRefusedException;
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
import java.util.Optional;

/**
 * Downloads the URLs of ADD into the blob store, through the client that checks every address. The
 * file has mode 0600, belongs to root and is as old as {@code Last-Modified} says.
 */
public final class UrlFetcher {
  private static final int BUFFER = 1 << 16;

  private final HttpFetcher http;
  private final BlobStore store;
  private final long mostBytes;

  /** A fetcher; a file may have this many bytes. */
  public UrlFetcher(HttpFetcher http, BlobStore store, long mostBytes) {
    this.http = http;
    this.store = store;
    this.mostBytes = mostBytes;
  }

  /**
   * Fetches one file. Its content is checked against the checksum before anything uses it.
   *
   * @param place as in {@code Dockerfile:12}, for errors
   * @throws BuildException of kind SOURCE if it cannot be had, LIMIT if it is too large, INPUT if
   *     it is not what the checksum says
   * @throws InterruptedException if the build was cancelled
   */
  public InlineTree fetch(CopySource.Url url, String place) throws InterruptedException {
    try (FetchResponse response = http.send(FetchRequest.get(HttpUrl.parse(url.url())))) {
      if (!response.isSuccess()) {
        throw failure(FailureKind.SOURCE, "http-status", place)
            .sentence("invalid response status " + response.status() + " of " + shown(url));
      }
      Blob blob = store(response.body(), url, place);
      Attributes attributes =
          Attributes.of(0600)
              .withMtime(lastModified(response).map(Instant::getEpochSecond).orElse(0L), 0);
      return InlineTree.of(
          url.name(), attributes, blob.size(), blob.digest(), () -> store.open(blob.digest()));
    } catch (IllegalArgumentException e) {
      throw failure(FailureKind.INPUT, "url", place)
          .cause(e)
          .sentence("The address " + shown(url) + " cannot be used: " + e.getMessage());
    } catch (AddressRefusedException e) {
      throw failure(FailureKind.SOURCE, "address-refused", place)
          .cause(e)
          .remedy("The operator can allow the address in the configuration.")
          .sentence("Fetching " + shown(url) + " is refused: " + e.getMessage());
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("fetching was cancelled");
      }
      throw failure(FailureKind.SOURCE, "url", place)
          .retryable()
          .cause(e)
          .sentence("Fetching " + shown(url) + " failed: " + e.getMessage());
    }
  }

  private Blob store(InputStream body, CopySource.Url url, String place)
      throws IOException, InterruptedException {
    Optional<Digest> checksum = url.checksum();
    Digest.Hasher other =
        checksum.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256).newHasher();
    try (BlobWriter writer = store.writer()) {
      var buffer = new byte[BUFFER];
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("fetching was cancelled");
        }
        if (writer.size() + n > mostBytes) {
          throw failure(FailureKind.LIMIT, "download-too-large", place)
              .sentence(shown(url) + " has more than " + mostBytes + " bytes.");
        }
        other.update(buffer, 0, n);
        writer.write(buffer, 0, n);
      }
      Digest found = other.finish();
      if (checksum.isPresent() && !checksum.get().equals(found)) {
        throw failure(FailureKind.INPUT, "checksum", place)
            .remedy("Check the file's origin; if the change is intended, write the new checksum.")
            .sentence(
                "digest mismatch of "
                    + shown(url)
                    + ": it is "
                    + found
                    + ", expected "
                    + checksum.get());
      }
      return writer.commit();
    } catch (DigestMismatchException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Optional<Instant> lastModified(FetchResponse response) {
    try {
      return response
          .headers()
          .first("Last-Modified")
          .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static BuildException.Details failure(FailureKind kind, String code, String place) {
    return BuildException.of(kind, code).at(place);
  }

  /** The address without user, query and fragment, which may hold secrets. */
  public static String shown(CopySource.Url url) {
    String text = url.url();
    int end = text.length();
    for (char mark : new char[] {'#', '?'}) {
      int at = text.indexOf(mark);
      end = at < 0 ? end : Math.min(end, at);
    }
    String plain = text.substring(0, end);
    int host = plain.indexOf("://") + 3;
    int slash = plain.indexOf('/', host);
    int at = plain.lastIndexOf('@', slash < 0 ? plain.length() : slash);
    return at > host ? plain.substring(0, host) + plain.substring(at + 1) : plain;
  }
}
