package dev.cairn.server.registry;

import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.FormBody;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Principal;
import dev.cairn.service.RepositoryAction;
import dev.cairn.service.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The exchange of a login for a token that opens what was asked for, for minutes. The password is a
 * token of ours; the user's name is whatever the client likes.
 */
final class TokenRoutes {
  private static final long MOST_BODY = 16 << 10;

  private final Tokens tokens;
  private final Permits permits;

  TokenRoutes(Tokens tokens, Permits permits) {
    this.tokens = tokens;
    this.permits = permits;
  }

  /** The token authentication of Docker: Basic in, token out. */
  void get(Request request, Response response) {
    answer(response, request.caller(), request.queries().getOrDefault("scope", List.of()), request);
  }

  /** The OAuth2 form of it: the password or the refresh token is in the body. */
  void post(Request request, Response response) throws IOException {
    Map<String, String> form;
    try (InputStream body = request.body()) {
      form = FormBody.read(body, MOST_BODY);
    }
    String given = form.getOrDefault("password", form.getOrDefault("refresh_token", ""));
    Principal login = tokens.authenticate(given).orElseThrow(() -> refused(request));
    if (Arrays.stream(RepositoryAction.values()).noneMatch(action -> login.may(action.right()))) {
      throw new ApiException(403, "the token has no right over images");
    }
    answer(response, login, Scopes.texts(form.getOrDefault("scope", "")), request);
  }

  private void answer(Response response, Principal login, List<String> scopes, Request request) {
    if (login.login().isPresent()) {
      throw refused(request);
    }
    var exchanged = tokens.exchange(login, Scopes.read(login.tenant(), scopes));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("token", exchanged.text());
    body.put("access_token", exchanged.text());
    body.put(
        "expires_in",
        Math.max(1, Duration.between(exchanged.issuedAt(), exchanged.expiresAt()).toSeconds()));
    body.put("issued_at", exchanged.issuedAt().toString());
    body.put("scope", Scopes.spell(login.tenant(), exchanged.grants()));
    response.header("Cache-Control", "no-store");
    response.json(200, body);
  }

  private ApiException refused(Request request) {
    return new ApiException(
            401,
            "the login is not valid: the password is a token of ours, made by cairn token create")
        .header("WWW-Authenticate", permits.challenge(request));
  }
}
