package dev.cairn.oci.registry;

import dev.cairn.oci.Reference;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A registry did not do what was asked; the message names it, the repository, the reason and what
 * to do.
 */
public final class RegistryException extends IOException {

  /** What went wrong, for those who decide by it. */
  public enum Kind {
    /** No such manifest, blob, repository or platform. */
    NOT_FOUND("check the name, or push it first"),
    /** The registry wants a login, or does not accept the one it got. */
    UNAUTHORIZED(
        "store a login for this registry, or correct it; registries answer so for unknown repositories, too"),
    /** The login is good, but not for this. */
    DENIED("use a login that may do this"),
    /** No connection, too many requests, or an error of the registry's own; later it may work. */
    UNAVAILABLE("try again later; if it stays so, check the registry and the network"),
    /** The registry sent what it must not: a wrong digest or size, a malformed manifest. */
    INVALID("the content cannot be trusted; push it again, or tell the registry's operator"),
    /** The policy does not allow the address. */
    ADDRESS_REFUSED("the operator can allow the registry by address range and port"),
    /** Over a limit of ours or of the registry. */
    TOO_LARGE("make it smaller, or raise the registry's limit");

    private final String advice;

    Kind(String advice) {
      this.advice = advice;
    }

    /** What the user can do, as the end of a sentence. */
    public String advice() {
      return advice;
    }
  }

  private final Kind kind;
  private final Reference repository;
  private final boolean retryable;
  private final Optional<Duration> retryAfter;

  RegistryException(
      Kind kind,
      Reference repository,
      String reason,
      boolean retryable,
      Optional<Throwable> cause) {
    this(kind, repository, reason, retryable, cause, Optional.empty());
  }

  RegistryException(
      Kind kind,
      Reference repository,
      String reason,
      boolean retryable,
      Optional<Throwable> cause,
      Optional<Duration> retryAfter) {
    super(repository.name() + ": " + reason + "; " + kind.advice, cause.orElse(null));
    this.kind = kind;
    this.repository = repository;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }

  static RegistryException of(Kind kind, Reference repository, String reason) {
    return new RegistryException(kind, repository, reason, false, Optional.empty());
  }

  static RegistryException of(Kind kind, Reference repository, String reason, Throwable cause) {
    return new RegistryException(kind, repository, reason, false, Optional.of(cause));
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** The registry and repository. */
  public Reference repository() {
    return repository;
  }

  /** How long the registry asked to be left alone before the next attempt. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** Whether the same call may succeed later without anyone changing anything. */
  public boolean retryable() {
    return retryable;
  }
}
