package dev.cairn.service;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import java.time.Instant;
import java.util.Optional;

/**
 * The names of our own registry. A repository is given relative to its tenant; its canonical name
 * is {@code <tenant>/<repository>}.
 */
public interface Images {

  /**
   * A manifest or index that is stored.
   *
   * @param mediaType as it was put
   * @param digest of the bytes
   * @param size of the bytes
   * @param pushedAt when it came into the repository
   */
  record StoredManifest(MediaType mediaType, Digest digest, long size, Instant pushedAt) {}

  /** The manifest under a tag. Everything it reaches is kept for a while. */
  Optional<StoredManifest> resolve(TenantId tenant, RepositoryName repository, Tag tag);

  /** The manifest of this digest, if it belongs to the repository. */
  Optional<StoredManifest> resolve(TenantId tenant, RepositoryName repository, Digest digest);

  /**
   * The bytes of a manifest of the repository, at most 4 MiB.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}
   */
  byte[] bytes(TenantId tenant, RepositoryName repository, Digest digest);

  /** The repository's tags in order, after {@code after}; not found if there is no repository. */
  Page<Tag> tags(TenantId tenant, RepositoryName repository, Optional<String> after, int most);

  /** The tenant's repositories in order, relative to it, after {@code after}. */
  Page<RepositoryName> repositories(TenantId tenant, Optional<String> after, int most);

  /**
   * Stores a manifest and, if given, moves a tag to it. The tenant must have the right to every
   * descriptor in it, and all must be here.
   *
   * @param bytes exactly as sent, at most 4 MiB
   * @throws ServiceException of kind {@code INVALID} (code {@code manifest-invalid} or {@code
   *     manifest-blob-unknown}), {@code TOO_LARGE}
   */
  StoredManifest put(
      TenantId tenant,
      RepositoryName repository,
      Optional<Tag> tag,
      MediaType mediaType,
      byte[] bytes);

  /**
   * A manifest that was pushed.
   *
   * @param manifest as it is stored
   * @param subject the manifest that it is about, if it is about one
   */
  record Pushed(StoredManifest manifest, Optional<Digest> subject) {}

  /**
   * Stores a manifest as {@link #put} does, but everything that it names must be in this
   * repository: who may push here alone must not reach what is elsewhere by naming it.
   *
   * @param algorithm of the digest that names it
   * @throws ServiceException as {@link #put}
   */
  Pushed push(
      TenantId tenant,
      RepositoryName repository,
      Optional<Tag> tag,
      Digest.Algorithm algorithm,
      MediaType mediaType,
      byte[] bytes);

  /**
   * Moves a tag to a manifest that the tenant has in any of its repositories.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}
   */
  void tag(TenantId tenant, RepositoryName repository, Tag tag, Digest manifest);

  /** Deletes a tag, not the manifest; false if there is none. */
  boolean deleteTag(TenantId tenant, RepositoryName repository, Tag tag);

  /** Deletes a manifest and all tags on it from the repository; false if there is none. */
  boolean deleteManifest(TenantId tenant, RepositoryName repository, Digest digest);
}
