package dev.cairn.server.hypeman;

import dev.cairn.oci.registry.Credential;
import java.util.Optional;

/** The member {@code credentials}: a login borrowed for one transfer. */
final class Logins {
  private Logins() {}

  /**
   * The login; none if all members are empty.
   *
   * @throws dev.cairn.server.http.ApiException 400 if it is neither a name and password nor a token
   */
  static Optional<Credential> read(JsonBody body) {
    Optional<String> user = body.text("username");
    Optional<String> password = body.text("password");
    Optional<String> token = body.text("registry_token");
    if (token.isPresent()) {
      if (user.isPresent() || password.isPresent()) {
        throw CreateFields.invalid("credentials: either username and password, or registry_token");
      }
      return token.map(Credential.AccessToken::new);
    }
    if (user.isEmpty() && password.isEmpty()) {
      return Optional.empty();
    }
    if (user.isEmpty() || password.isEmpty()) {
      throw CreateFields.invalid("credentials: username and password belong together");
    }
    return Optional.of(new Credential.Basic(user.get(), password.get()));
  }
}
