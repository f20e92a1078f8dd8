package dev.cairn.service;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The blobs of the repositories of our own registry. A blob is in a repository if it was uploaded
 * or mounted there, or a manifest there names it. One that is elsewhere, another tenant's, or
 * nowhere gives the same answers.
 */
public interface RepositoryBlobs {

  /** The size in bytes, if it is in the repository. Extends its lease. */
  Optional<Long> size(TenantId tenant, RepositoryName repository, Digest digest);

  /**
   * The bytes from {@code offset} on. The caller closes the stream.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}, or {@code INVALID} if the offset lies
   *     behind its end
   */
  InputStream open(TenantId tenant, RepositoryName repository, Digest digest, long offset);

  /**
   * Brings a blob from another repository of the tenant into this one, without its bytes.
   *
   * @param from where it is; absent for wherever it is
   * @param mayPull which repositories the caller may pull from
   * @return false if it is in none of them
   */
  boolean mount(
      TenantId tenant,
      RepositoryName repository,
      Digest digest,
      Optional<RepositoryName> from,
      Predicate<RepositoryName> mayPull);

  /** What became of a blob that was to be deleted. */
  enum Deletion {
    DELETED,
    /** It is not in the repository. */
    UNKNOWN,
    /** A manifest of the repository names it. */
    NEEDED
  }

  /** Takes a blob out of the repository. Its bytes go when nothing reaches them any more. */
  Deletion delete(TenantId tenant, RepositoryName repository, Digest digest);

  /** As {@link Blobs#begin}; the upload belongs to the repository and is found only there. */
  Blobs.Upload begin(TenantId tenant, RepositoryName repository);

  /** As {@link Blobs#find}. */
  Optional<Blobs.Upload> find(TenantId tenant, RepositoryName repository, String upload);

  /** As {@link Blobs#append}. */
  Blobs.Upload append(
      TenantId tenant, RepositoryName repository, String upload, long offset, InputStream bytes);

  /** As {@link Blobs#finish}; the blob is in the repository then. */
  long finish(TenantId tenant, RepositoryName repository, String upload, Digest expected);

  /** As {@link Blobs#abort}. */
  boolean abort(TenantId tenant, RepositoryName repository, String upload);
}
