package dev.cairn.build;

import java.util.regex.Pattern;

/**
 * A name space of cache records. A record belongs to exactly one scope; scopes are derived from the
 * credential, so that no request can name another tenant's.
 *
 * @param owner the tenant; absent (an empty text) for a scope shared by all tenants, which only the
 *     right {@code build:admin} may write
 * @param name the scope's name within its owner
 */
public record CacheScope(String owner, String name) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

  /**
   * @throws IllegalArgumentException if the name does not have the form
   */
  public CacheScope {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a cache scope is named by 1 to 64 lower-case letters, digits and hyphens, beginning with"
              + " a letter or digit");
    }
    if (!owner.isEmpty()) {
      owner = new TenantId(owner).value();
    }
  }

  /** A scope of {@code tenant}. */
  public static CacheScope of(TenantId tenant, String name) {
    return new CacheScope(tenant.value(), name);
  }

  /** A scope read by all tenants. */
  public static CacheScope shared(String name) {
    return new CacheScope("", name);
  }

  /** Whether all tenants read it. */
  public boolean isShared() {
    return owner.isEmpty();
  }

  @Override
  public String toString() {
    return owner + "/" + name;
  }
}
