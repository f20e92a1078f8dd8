package dev.cairn.oci.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A login for one registry. Its text form is {@code ***}. */
public sealed interface Credential {

  /** User name and password, or name and access token. */
  record Basic(String username, String password) implements Credential {

    String header() {
      byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
      return "***";
    }
  }

  /** A refresh token, which {@code docker login} calls identity token: it buys access tokens. */
  record IdentityToken(String token) implements Credential {
    @Override
    public String toString() {
      return "***";
    }
  }

  /** An access token that is sent as it is. */
  record AccessToken(String token) implements Credential {
    @Override
    public String toString() {
      return "***";
    }
  }
}
