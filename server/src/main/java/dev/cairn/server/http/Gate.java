package dev.cairn.server.http;

import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import dev.cairn.service.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The one place where credentials are checked. A token comes as {@code Bearer} or, for clients that
 * know only passwords, as the password of {@code Basic} with any user name.
 */
final class Gate {
  private static final int MOST_CREDENTIAL = 8192;

  private final Tokens tokens;

  Gate(Tokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Lets the request through or not.
   *
   * @throws ApiException 401 without a valid credential, 403 without the right
   */
  void check(Access access, Request request, Dialect dialect) {
    switch (access) {
      case Access.Public _, Access.FirstMessage _, Access.SignedUrl _, Access.Webhook _ -> {}
      case Access.Bearer bearer -> {
        Principal caller =
            credential(request)
                .flatMap(tokens::authenticate)
                .orElseThrow(() ->
                    new ApiException(
                            401, "a valid token is needed: send Authorization: Bearer <token>")
                        .header("WWW-Authenticate", dialect.challenge(request)));
        if (bearer.rights().stream().noneMatch(caller::may)) {
          throw new ApiException(
              403,
              "the token lacks the right "
                  + bearer.rights().stream()
                      .sorted()
                      .map(Right::text)
                      .collect(Collectors.joining(" or ")));
        }
        if (caller.confinement().isPresent() && !bearer.perRepository()) {
          throw new ApiException(
              403, "the token is limited to repositories of the registry and opens nothing else");
        }
        request.authenticated(caller);
      }
    }
  }

  /** The token of the Authorization header; two such headers count as none. */
  static Optional<String> credential(Request request) {
    var all = request.headers("Authorization");
    if (all.size() != 1 || all.getFirst().length() > MOST_CREDENTIAL) {
      return Optional.empty();
    }
    String header = all.getFirst().strip();
    int space = header.indexOf(' ');
    if (space < 0) {
      return Optional.empty();
    }
    String scheme = header.substring(0, space);
    String rest = header.substring(space + 1).strip();
    if (rest.isEmpty()) {
      return Optional.empty();
    }
    if (scheme.equalsIgnoreCase("Bearer")) {
      return Optional.of(rest);
    }
    return scheme.equalsIgnoreCase("Basic") ? password(rest) : Optional.empty();
  }

  private static Optional<String> password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 || colon == pair.length() - 1
          ? Optional.empty()
          : Optional.of(pair.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
