package dev.cairn.service;

import dev.cairn.build.TenantId;
import java.time.Instant;
import java.util.List;

/**
 * The secrets that a tenant keeps with us, encrypted under a key outside the database. There is no
 * call that gives a value back: values go to the builds that name them and nowhere else.
 */
public interface TenantSecrets {

  /**
   * A secret without its value.
   *
   * @param id under which a build names it
   * @param createdAt when it was set first
   * @param updatedAt when it was set last
   */
  record SecretInfo(String id, Instant createdAt, Instant updatedAt) {}

  /**
   * Sets or replaces a value. The array is not kept.
   *
   * @throws ServiceException of kind {@code INVALID} if the id is not 1 to 128 characters of {@code
   *     A-Z a-z 0-9 . _ -} (or is {@code .} or {@code ..}), {@code TOO_LARGE} above 512 KiB, {@code
   *     QUOTA} if the tenant has as many as it may
   */
  SecretInfo set(TenantId tenant, String id, byte[] value);

  /** All, by id. */
  List<SecretInfo> list(TenantId tenant);

  /** Forgets one; false if there is none. */
  boolean delete(TenantId tenant, String id);
}
