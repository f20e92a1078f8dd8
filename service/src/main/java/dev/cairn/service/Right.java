package dev.cairn.service;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** What a token may do. Every route declares the one it needs. */
public enum Right {
  BUILD_READ("build:read"),
  BUILD_WRITE("build:write"),
  BUILD_DELETE("build:delete"),
  /** Write cache scopes that other tenants read. */
  BUILD_ADMIN("build:admin"),
  IMAGE_READ("image:read"),
  IMAGE_WRITE("image:write"),
  IMAGE_DELETE("image:delete"),
  SECRET_READ("secret:read"),
  SECRET_WRITE("secret:write"),
  /** Issue and revoke the tokens of one's own tenant. */
  TOKEN_ADMIN("token:admin"),
  /** Create tenants and change their limits. */
  TENANT_ADMIN("tenant:admin"),
  /** Everything about the installation: builders, collection, metrics. */
  SYSTEM_ADMIN("system:admin");

  private final String text;

  Right(String text) {
    this.text = text;
  }

  /** The spelling in tokens and requests: {@code build:read}. */
  public String text() {
    return text;
  }

  /**
   * Reads one right.
   *
   * @throws IllegalArgumentException if there is no such right; the message lists all
   */
  public static Right parse(String text) {
    return Arrays.stream(values())
        .filter(right -> right.text.equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no such right; the rights are "
                    + String.join(", ", Arrays.stream(values()).map(Right::text).toList())));
  }

  /** Every right there is. */
  public static Set<Right> all() {
    return EnumSet.allOf(Right.class);
  }

  /** What a tenant's ordinary token may do: all about its own builds, images and secrets. */
  public static Set<Right> ordinary() {
    return EnumSet.complementOf(EnumSet.of(BUILD_ADMIN, TOKEN_ADMIN, TENANT_ADMIN, SYSTEM_ADMIN));
  }

  @Override
  public String toString() {
    return text;
  }
}
