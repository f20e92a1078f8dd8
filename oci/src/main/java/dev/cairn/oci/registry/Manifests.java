package dev.cairn.oci.registry;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.oci.Tag;
import dev.cairn.oci.http.FetchRequest;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.http.RequestBody;
import dev.cairn.oci.registry.RegistryException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The manifest routes of a registry. */
final class Manifests {

  private static final String ACCEPT =
      String.join(
          ", ",
          MediaType.OCI_INDEX.value(),
          MediaType.OCI_MANIFEST.value(),
          MediaType.DOCKER_INDEX.value(),
          MediaType.DOCKER_MANIFEST.value());

  private final Call call;

  Manifests(Call call) {
    this.call = call;
  }

  Descriptor head(Reference reference) throws IOException {
    try (FetchResponse response = send("HEAD", reference)) {
      Optional<Digest> digest = servedDigest(reference, response);
      var size = response.headers().contentLength();
      Optional<MediaType> type = type(response);
      if (digest.isPresent() && size.isPresent() && type.isPresent()) {
        if (reference.digest().isPresent() && !reference.digest().equals(digest)) {
          throw wrong(
              reference,
              "it says " + digest.get() + " where " + reference.digest().get() + " was asked for");
        }
        return Descriptor.of(type.get(), digest.get(), size.getAsLong());
      }
    }
    // Some registries leave the digest out; then only the bytes tell.
    return get(reference).descriptor();
  }

  FetchedManifest get(Reference reference) throws IOException {
    try (FetchResponse response = send("GET", reference)) {
      byte[] bytes = bytes(reference, response);
      Digest actual =
          reference
              .digest()
              .map(Digest::algorithm)
              .orElse(Digest.Algorithm.SHA256)
              .newHasher()
              .update(bytes)
              .finish();
      if (reference.digest().isPresent() && !reference.digest().get().equals(actual)) {
        throw wrong(reference, "it sent a manifest with digest " + actual + " instead");
      }
      Optional<Digest> said = servedDigest(reference, response);
      if (said.isPresent()
          && said.get().algorithm() == actual.algorithm()
          && !said.get().equals(actual)) {
        throw wrong(
            reference,
            "it sent a manifest with digest " + actual + " and says it is " + said.get());
      }
      ManifestDocument document = ManifestDocument.parse(bytes, type(response));
      return new FetchedManifest(
          Descriptor.of(document.mediaType(), actual, bytes.length), bytes, document);
    } catch (InvalidOciException e) {
      throw RegistryException.of(Kind.INVALID, reference, Failures.clean(e.getMessage()), e);
    }
  }

  /** An entry of an index, which has to be as the entry says. */
  FetchedManifest get(Reference repository, Descriptor entry) throws IOException {
    if (entry.size() > ManifestDocument.BYTES_LIMIT) {
      throw RegistryException.of(
          Kind.TOO_LARGE, repository, "its manifest has " + entry.size() + " bytes");
    }
    FetchedManifest fetched = get(repository.withDigest(entry.digest()));
    if (fetched.descriptor().size() != entry.size()) {
      throw wrong(
          repository, "its manifest " + entry.digest() + " has another size than its index says");
    }
    if (!fetched.descriptor().mediaType().equals(entry.mediaType())) {
      throw wrong(
          repository, "its manifest " + entry.digest() + " has another type than its index says");
    }
    return fetched;
  }

  Digest put(Reference reference, MediaType mediaType, byte[] bytes) throws IOException {
    Digest digest = Digest.sha256(bytes);
    if (reference.digest().isPresent()
        && reference.digest().get().algorithm() == Digest.Algorithm.SHA256) {
      if (!reference.digest().get().equals(digest)) {
        throw wrong(
            reference,
            "the manifest to push has digest " + digest + ", not the one of the reference");
      }
    }
    String key = reference.tag().map(Tag::value).orElse(digest.toString());
    FetchRequest request =
        FetchRequest.of("PUT", call.url(reference, "manifests/" + key))
            .withHeader("Content-Type", mediaType.value())
            .withBody(RequestBody.of(bytes));
    try (FetchResponse response =
        call.send(reference, Scope.push(reference.repository()), request)) {
      if (!response.isSuccess()) {
        throw Failures.ofAnswer(reference, "the push of manifest " + key, response);
      }
      Optional<Digest> stored = servedDigest(reference, response);
      if (stored.isPresent()
          && stored.get().algorithm() == digest.algorithm()
          && !stored.get().equals(digest)) {
        throw wrong(
            reference, "it stored the manifest as " + stored.get() + " instead of " + digest);
      }
      return digest;
    }
  }

  List<Descriptor> referrers(Reference repository, Digest digest) throws IOException {
    FetchRequest request =
        FetchRequest.get(call.url(repository, "referrers/" + digest))
            .withHeader("Accept", MediaType.OCI_INDEX.value());
    try (FetchResponse response =
        call.send(repository, Scope.pull(repository.repository()), request)) {
      if (response.isSuccess()) {
        return Index.parse(bytes(repository, response)).manifests();
      }
      if (response.status() != 404) {
        throw Failures.ofAnswer(repository, "the list of referrers", response);
      }
    } catch (InvalidOciException e) {
      throw RegistryException.of(Kind.INVALID, repository, Failures.clean(e.getMessage()), e);
    }
    return taggedReferrers(repository, digest);
  }

  /**
   * Registries without the route keep the list under a tag made of the digest (specification,
   * "Referrers Tag Schema").
   */
  private List<Descriptor> taggedReferrers(Reference repository, Digest digest) throws IOException {
    String hex = digest.hex().substring(0, 64);
    try {
      return switch (get(repository.withTag(new Tag(digest.algorithm().label() + "-" + hex)))
          .document()) {
        case Index index -> index.manifests();
        case Manifest manifest -> List.of();
      };
    } catch (RegistryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  private FetchResponse send(String method, Reference reference) throws IOException {
    FetchRequest request =
        FetchRequest.of(method, call.url(reference, "manifests/" + reference.manifestKey()))
            .withHeader("Accept", ACCEPT);
    FetchResponse response = call.send(reference, Scope.pull(reference.repository()), request);
    if (response.status() == 200) {
      return response;
    }
    try (response) {
      throw Failures.ofAnswer(reference, "the manifest " + reference.manifestKey(), response);
    }
  }

  private static byte[] bytes(Reference repository, FetchResponse response)
      throws RegistryException {
    int limit = ManifestDocument.BYTES_LIMIT;
    if (response.headers().contentLength().orElse(0) <= limit) {
      try {
        byte[] bytes = response.body().readNBytes(limit + 1);
        if (bytes.length <= limit) {
          return bytes;
        }
      } catch (IOException e) {
        throw Failures.ofConnection(repository, e);
      }
    }
    throw RegistryException.of(Kind.TOO_LARGE, repository, "its manifest has more than 4 MiB");
  }

  private static Optional<Digest> servedDigest(Reference reference, FetchResponse response)
      throws RegistryException {
    try {
      return response.headers().first("Docker-Content-Digest").map(Digest::parse);
    } catch (InvalidOciException e) {
      throw RegistryException.of(Kind.INVALID, reference, "it sent a malformed digest", e);
    }
  }

  private static Optional<MediaType> type(FetchResponse response) {
    return response.headers().first("Content-Type").map(MediaType::parseContentType);
  }

  private static RegistryException wrong(Reference reference, String reason) {
    return RegistryException.of(Kind.INVALID, reference, reason);
  }
}
