package dev.cairn.oci.registry;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Index;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.oci.http.FetchRequest;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.http.RequestBody;
import dev.cairn.oci.registry.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Speaks to any registry (OCI distribution specification 1.1, Docker registry v2) with one caller's
 * logins. All methods block and throw {@link RegistryException}; of a reference that stands for a
 * repository, tag and digest do not count.
 */
public final class RegistryClient {

  private final HttpFetcher fetcher;
  private final RegistrySettings settings;
  private final Authenticator authenticator;
  private final InstantSource clock;
  private final Call call;
  private final Manifests manifests;

  /** A client with these logins; the fetcher decides which addresses may be reached. */
  public RegistryClient(
      HttpFetcher fetcher, RegistrySettings settings, RegistryCredentials credentials) {
    this(
        fetcher,
        settings,
        credentials,
        new Authenticator(fetcher, settings, InstantSource.system()),
        InstantSource.system());
  }

  private RegistryClient(
      HttpFetcher fetcher,
      RegistrySettings settings,
      RegistryCredentials credentials,
      Authenticator authenticator,
      InstantSource clock) {
    this.fetcher = fetcher;
    this.settings = settings;
    this.authenticator = authenticator;
    this.clock = clock;
    this.call = new Call(fetcher, settings, authenticator, credentials, clock);
    this.manifests = new Manifests(call);
  }

  /** The same client with other logins. Tokens are shared only between equal logins. */
  public RegistryClient withCredentials(RegistryCredentials credentials) {
    return new RegistryClient(fetcher, settings, credentials, authenticator, clock);
  }

  /** The digest, type and size of what the reference names, without fetching it. */
  public Descriptor head(Reference reference) throws IOException {
    return manifests.head(reference);
  }

  /**
   * The manifest or index that the reference names; checked against its digest, if it has one, and
   * against the registry's.
   */
  public FetchedManifest manifest(Reference reference) throws IOException {
    return manifests.get(reference);
  }

  /**
   * Follows a reference to the one image for the platform, through at most {@link
   * Index#NESTING_LIMIT} indexes. If there is no index, the image is taken as it is, and its config
   * says for which platform it was made.
   */
  public ResolvedImage resolve(Reference reference, Platform platform) throws IOException {
    FetchedManifest root = manifests.get(reference);
    FetchedManifest current = root;
    for (int depth = 0; ; depth++) {
      switch (current.document()) {
        case Manifest image -> {
          return new ResolvedImage(
              reference.withDigest(root.descriptor().digest()), root.descriptor(), current);
        }
        case Index index -> {
          if (depth == Index.NESTING_LIMIT) {
            throw RegistryException.of(
                Kind.INVALID,
                reference,
                "its indexes are nested more than " + Index.NESTING_LIMIT + " deep");
          }
          current = manifests.get(reference, chosen(reference, index, platform));
        }
      }
    }
  }

  /** The config of an image, fetched and checked. */
  public ImageConfig config(Reference repository, Manifest manifest) throws IOException {
    Descriptor descriptor = manifest.config();
    if (!descriptor.mediaType().isConfig()) {
      throw RegistryException.of(
          Kind.INVALID, repository, "it is no container image but " + descriptor.mediaType());
    }
    if (descriptor.size() > ImageConfig.BYTES_LIMIT) {
      throw RegistryException.of(
          Kind.TOO_LARGE, repository, "its config has " + descriptor.size() + " bytes");
    }
    try (InputStream in = blob(repository, descriptor)) {
      return ImageConfig.parse(in.readAllBytes());
    } catch (InvalidOciException e) {
      throw RegistryException.of(Kind.INVALID, repository, Failures.clean(e.getMessage()), e);
    }
  }

  /**
   * A blob's bytes. The stream checks size and digest before it gives the last bytes, and continues
   * by itself after a broken connection; the caller closes it.
   */
  public InputStream blob(Reference repository, Descriptor blob) throws IOException {
    return new BlobStream(call, repository, blob);
  }

  /** Whether the repository has the blob, for this caller. */
  public boolean blobExists(Reference repository, Digest digest) throws IOException {
    return call.hasBlob(repository, Scope.pull(repository.repository()), digest);
  }

  /** The same for one who is going to push there, so that one token serves for both. */
  public boolean hasForPush(Reference repository, Digest digest) throws IOException {
    return call.hasBlob(repository, Scope.push(repository.repository()), digest);
  }

  /**
   * Asks the registry to take a blob over from another of its repositories; false if it will not.
   */
  public boolean mount(Reference repository, Digest digest, RepositoryName from)
      throws IOException {
    FetchRequest request =
        FetchRequest.of(
            "POST",
            call.url(repository, "blobs/uploads/")
                .withQuery("mount", digest.toString())
                .withQuery("from", from.value()));
    Optional<HttpUrl> unwanted;
    try (FetchResponse response =
        call.send(repository, Scope.mount(repository.repository(), from), request)) {
      if (response.status() == 201) {
        return true;
      }
      // Not allowed to read there, or not known there: push instead.
      if (response.status() != 202) {
        return false;
      }
      unwanted = location(response);
    }
    if (unwanted.isPresent()) {
      cancel(repository, unwanted.get());
    }
    return false;
  }

  /** Sends a blob unless the repository has it already. */
  public void pushBlob(Reference repository, Descriptor blob, BlobSource source)
      throws IOException {
    if (!hasForPush(repository, blob.digest())) {
      upload(repository, blob, source, UploadMemory.NONE);
    }
  }

  /**
   * Sends a blob, in pieces if it is large; an upload that {@code memory} knows is continued where
   * the registry still has it.
   */
  public void upload(Reference repository, Descriptor blob, BlobSource source, UploadMemory memory)
      throws IOException {
    new BlobUpload(call, repository, blob, source, memory).run();
  }

  /**
   * Stores a manifest or index under the reference's tag, or under its digest if it has no tag; all
   * it names must be there.
   */
  public Digest pushManifest(Reference reference, MediaType mediaType, byte[] bytes)
      throws IOException {
    return manifests.put(reference, mediaType, bytes);
  }

  /** Deletes a manifest; false if there was none. */
  public boolean deleteManifest(Reference repository, Digest digest) throws IOException {
    FetchRequest request = FetchRequest.of("DELETE", call.url(repository, "manifests/" + digest));
    try (FetchResponse response =
        call.send(repository, Scope.delete(repository.repository()), request)) {
      if (response.status() == 404) {
        return false;
      }
      if (!response.isSuccess()) {
        throw Failures.ofAnswer(repository, "the deletion of " + digest, response);
      }
      return true;
    }
  }

  /** All tags of the repository, in the registry's order; at most 100,000. */
  public List<Tag> tags(Reference repository) throws IOException {
    return new TagList(call, repository).read();
  }

  /**
   * The manifests about that one, of this artifact type if one is given (distribution
   * specification, "Listing referrers").
   */
  public List<Descriptor> referrers(
      Reference repository, Digest digest, Optional<String> artifactType) throws IOException {
    return manifests.referrers(repository, digest).stream()
        .filter(entry -> artifactType.isEmpty() || entry.artifactType().equals(artifactType))
        .toList();
  }

  private static Descriptor chosen(Reference reference, Index index, Platform platform)
      throws RegistryException {
    return index
        .choose(platform)
        .or(() -> nested(index))
        .orElseThrow(() ->
            RegistryException.of(
                Kind.NOT_FOUND,
                reference,
                "it has no image for " + platform + ", only for " + platforms(index)));
  }

  /** An index without a fitting platform may hold one more index. */
  private static Optional<Descriptor> nested(Index index) {
    var inner = index.manifests().stream().filter(entry -> entry.mediaType().isIndex()).toList();
    return inner.size() == 1 ? Optional.of(inner.getFirst()) : Optional.empty();
  }

  private static String platforms(Index index) {
    List<String> all =
        index.manifests().stream()
            .filter(entry -> !entry.isAttestation())
            .map(entry -> entry.platform().map(Platform::toString).orElse("an unnamed platform"))
            .distinct()
            .limit(30)
            .toList();
    return all.isEmpty() ? "none" : String.join(", ", all);
  }

  private static Optional<HttpUrl> location(FetchResponse response) {
    try {
      return response.headers().first("Location").map(text -> response.url().resolve(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The registry began an upload instead of mounting; ended here, or it lies there until it
   * expires.
   */
  private void cancel(Reference repository, HttpUrl upload) throws IOException {
    FetchRequest request = FetchRequest.of("DELETE", upload).withBody(RequestBody.NONE);
    try (FetchResponse response =
        call.once(repository, Scope.push(repository.repository()), request)) {
      // Whether the registry knows this request does not matter.
      response.status();
    }
  }
}
