package dev.cairn.server.registry;

import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.FormBody;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The exchange of a login for a bearer token. Our tokens are bearer tokens already and carry their
 * rights, so the answer is the same token: nothing stronger or longer-lived is made.
 */
final class TokenRoutes {
  private static final int SECONDS = 300;
  private static final long MOST_BODY = 16 << 10;

  private final Tokens tokens;

  TokenRoutes(Tokens tokens) {
    this.tokens = tokens;
  }

  /** The token authentication of Docker: Basic in, token out. */
  void get(Request request, Response response) {
    answer(response, request.credential().orElseThrow(TokenRoutes::refused));
  }

  /** The OAuth2 form of it: the password or the refresh token is in the body. */
  void post(Request request, Response response) throws IOException {
    Map<String, String> form;
    try (InputStream body = request.body()) {
      form = FormBody.read(body, MOST_BODY);
    }
    String given = form.getOrDefault("password", form.getOrDefault("refresh_token", ""));
    if (given.isEmpty() || tokens.authenticate(given).isEmpty()) {
      throw refused();
    }
    answer(response, given);
  }

  private static void answer(Response response, String token) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("token", token);
    body.put("access_token", token);
    body.put("expires_in", SECONDS);
    response.header("Cache-Control", "no-store");
    response.json(200, body);
  }

  private static ApiException refused() {
    return new ApiException(401, "the login is not valid: the password is one of our tokens")
        .header("WWW-Authenticate", "Basic realm=\"cairn\"");
  }
}
