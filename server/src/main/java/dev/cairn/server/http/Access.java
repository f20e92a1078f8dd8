package dev.cairn.server.http;

import dev.cairn.service.Right;
import java.util.Set;

/** Who may call a route. Every route declares one; without it the server does not start. */
public sealed interface Access {

  /** Anybody. */
  record Public() implements Access {}

  /**
   * A caller whose token has one of these rights.
   *
   * @param rights any of them is enough
   * @param perRepository whether tokens that are limited to some repositories come in, because the
   *     handler asks {@code Principal} about the repository; elsewhere they are refused
   */
  record Bearer(Set<Right> rights, boolean perRepository) implements Access {
    /**
     * @throws IllegalArgumentException if no right is named
     */
    public Bearer {
      rights = Set.copyOf(rights);
      if (rights.isEmpty()) {
        throw new IllegalArgumentException("a bearer route names at least one right");
      }
    }
  }

  /** The credential is the first message on the connection; the handler checks it. */
  record FirstMessage() implements Access {}

  /** The address itself is signed; the handler checks it. */
  record SignedUrl() implements Access {}

  /** The body is signed by the sender; the handler checks it. */
  record Webhook() implements Access {}

  /** Anybody. */
  static Access open() {
    return new Public();
  }

  /** A caller with one of these rights. */
  static Access bearer(Right... rights) {
    return new Bearer(Set.of(rights), false);
  }

  /** A caller with one of these rights; the handler asks about the repository. */
  static Access repository(Right... rights) {
    return new Bearer(Set.of(rights), true);
  }
}
