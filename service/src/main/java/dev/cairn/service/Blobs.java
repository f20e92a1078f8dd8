package dev.cairn.service;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import java.io.InputStream;
import java.util.Optional;

/**
 * A tenant's blobs: reading those it has the right to, and uploading. Having the right and the
 * bytes being here are checked together, so that an answer never tells what other tenants have.
 */
public interface Blobs {

  /** The size in bytes, if the tenant has the right to it and it is here. Extends its lease. */
  Optional<Long> size(TenantId tenant, Digest digest);

  /**
   * The bytes from {@code offset} on. The caller closes the stream.
   *
   * @throws ServiceException of kind {@code NOT_FOUND} if the tenant has no right to it or it is
   *     not here, {@code INVALID} if the offset lies behind its end
   */
  InputStream open(TenantId tenant, Digest digest, long offset);

  /**
   * An upload that has begun.
   *
   * @param id names it within the tenant; 32 hexadecimal digits
   * @param offset bytes that are safely here
   */
  record Upload(String id, long offset) {}

  /**
   * Begins an upload.
   *
   * @throws ServiceException of kind {@code QUOTA} if the tenant has too many unfinished ones
   */
  Upload begin(TenantId tenant);

  /**
   * The tenant's unfinished upload towards this digest, begun if there is none, so that {@code PUT
   * /blobs/{digest}} can be resumed without remembering an id.
   */
  Upload beginOrResume(TenantId tenant, Digest digest);

  /** How far an upload has come. */
  Optional<Upload> find(TenantId tenant, String upload);

  /**
   * Adds bytes up to the end of the stream. If the stream breaks off, what came is kept.
   *
   * @param offset where the bytes belong; must be where the upload stands
   * @throws ServiceException of kind {@code NOT_FOUND}, {@code CONFLICT} if the offset is another
   *     one or somebody else is writing, {@code TOO_LARGE}, {@code UNAVAILABLE} if the disk is full
   */
  Upload append(TenantId tenant, String upload, long offset, InputStream bytes);

  /**
   * Ends an upload: the bytes are checked, stored, and the tenant gets the right to them.
   *
   * @return the size
   * @throws ServiceException of kind {@code NOT_FOUND}, {@code INVALID} if the bytes have another
   *     digest (the upload is then gone)
   */
  long finish(TenantId tenant, String upload, Digest expected);

  /** Forgets an upload; false if there is none. */
  boolean abort(TenantId tenant, String upload);
}
