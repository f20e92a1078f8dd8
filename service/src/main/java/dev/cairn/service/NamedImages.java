package dev.cairn.service;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.registry.Credential;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tenant's images by name, and bringing them here from other registries. What is pulled lies in
 * the tenant's own repositories; a name here is never looked up by anybody else, nor by a {@code
 * FROM} that does not name our registry.
 */
public interface NamedImages {
  /** How many pulls a tenant may have that have not ended. */
  int MOST_OPEN = 100;

  /** How many failed pulls a tenant may leave. */
  int MOST_FAILED = 1000;

  /** What a name stands for now. */
  enum State {
    /** A pull waits. */
    PENDING,
    /** A pull runs. */
    PULLING,
    /** The image is here, whole. */
    READY,
    /** The pull ended without an image; the error says why. */
    FAILED
  }

  /**
   * A name: a repository of the tenant, and a tag or digest in it.
   *
   * @param version the tag or the digest as text
   */
  record Name(RepositoryName repository, String version) {
    /** Whether it names a digest. */
    public boolean isDigest() {
      return version.indexOf(':') >= 0;
    }

    @Override
    public String toString() {
      return repository + (isDigest() ? "@" : ":") + version;
    }
  }

  /**
   * An image, or one on its way.
   *
   * @param source where it was pulled from
   * @param digest of its manifest; while a pull waits or runs, if it is known yet
   * @param error why the pull failed: the registry, the repository and the reason
   * @param position of a pull that waits, from 1
   * @param platform that the pull asked for
   * @param labels the caller's own marks
   * @param createdAt when it came, or when its pull was asked for
   */
  record NamedImage(
      Name name,
      Optional<Reference> source,
      State state,
      Optional<Digest> digest,
      Optional<String> error,
      Optional<Integer> position,
      Optional<Platform> platform,
      Map<String, String> labels,
      Instant createdAt) {
    public NamedImage {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * What an image is made of; of one for several platforms, the image for this machine's.
   *
   * @param manifest its manifest
   * @param layers lowest first
   * @param config how it starts, and its history
   */
  record Details(Descriptor manifest, List<Descriptor> layers, ImageConfig config) {
    public Details {
      layers = List.copyOf(layers);
    }

    /** The bytes of config and layers, as they are stored. */
    public long bytes() {
      return layers.stream().mapToLong(Descriptor::size).sum();
    }
  }

  /**
   * A wish to pull.
   *
   * @param name under which it is kept
   * @param source where it is; with a tag or digest
   * @param platform for which it is
   * @param labels the caller's own marks
   * @param login for that registry, kept in memory only: a restart before the end fails the pull
   */
  record Pull(
      Name name,
      Reference source,
      Platform platform,
      Map<String, String> labels,
      Optional<Credential> login) {
    public Pull {
      labels = Map.copyOf(labels);
    }
  }

  /** The platform when none is asked for: this machine's. */
  static Platform usualPlatform() {
    return Platform.of("linux", System.getProperty("os.arch", "amd64"));
  }

  /**
   * Brings an image here in the background. The registry is asked at once what the name means; if
   * it does not answer soon, that is left to the background as well. The same wish, sent again
   * while the first waits or runs, changes nothing.
   *
   * @throws ServiceException of kind {@code NOT_FOUND} (code {@code image-not-found}) if the
   *     registry knows no such image or does not show it to this login, {@code INVALID} (code
   *     {@code address-refused} or {@code image-invalid}), {@code CONFLICT} (code {@code
   *     name-taken}) if the name stands for an image of the tenant that was not pulled, {@code
   *     QUOTA}
   */
  NamedImage pull(TenantId tenant, Pull wish);

  /** The image of this name. */
  Optional<NamedImage> find(TenantId tenant, Name name);

  /** A name for a manifest of the tenant. */
  Optional<Name> byDigest(TenantId tenant, Digest digest);

  /**
   * All, by name.
   *
   * @param repository those of one repository only
   */
  Page<NamedImage> list(
      TenantId tenant, Optional<RepositoryName> repository, Optional<String> after, int most);

  /** What a ready image is made of; nothing if it is not a container image. */
  Optional<Details> details(TenantId tenant, NamedImage image);

  /** Deletes the name and stops its pull; the bytes go when nothing else needs them. */
  boolean delete(TenantId tenant, Name name);
}
