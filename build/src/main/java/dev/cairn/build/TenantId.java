package dev.cairn.build;

import java.util.regex.Pattern;

/**
 * Whom a build, a token, a secret or a right belongs to. It comes from the credential alone, never
 * from a field of a request.
 *
 * @param value lower-case letters, digits and inner hyphens, 1 to 63 characters: also the first
 *     component of the tenant's repositories
 */
public record TenantId(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /**
   * @throws IllegalArgumentException if {@code value} does not have the form
   */
  public TenantId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a tenant is named by 1 to 63 lower-case letters, digits and inner hyphens, not: "
              + value);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
