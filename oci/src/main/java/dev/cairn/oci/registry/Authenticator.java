package dev.cairn.oci.registry;

import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.FetchRequest;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.http.RequestBody;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Turns challenges into Authorization headers (distribution's token specification).
 *
 * <ol>
 *   <li>A registry answers 401 and names a scheme: Basic, or Bearer with the address of a token
 *       service.
 *   <li>The token service is asked for exactly our scope, with the login of this registry; https
 *       only, unless the registry itself is without TLS. Its address is checked like any other.
 *   <li>The token is kept, under registry, scope and the hash of the login, until shortly before it
 *       ends.
 * </ol>
 */
final class Authenticator {

  private static final int ANSWER_LIMIT = 256 * 1024;
  private static final int CACHE_LIMIT = 2_000;
  private static final Duration MARGIN = Duration.ofSeconds(10);

  /** Under what a header is kept; never the login itself. */
  private record Key(RegistryHost registry, Scope scope, String login) {}

  private record Entry(String header, long until) {}

  private final HttpFetcher fetcher;
  private final RegistrySettings settings;
  private final InstantSource clock;
  private final Map<Key, Entry> cache = new ConcurrentHashMap<>();

  Authenticator(HttpFetcher fetcher, RegistrySettings settings, InstantSource clock) {
    this.fetcher = fetcher;
    this.settings = settings;
    this.clock = clock;
  }

  /** A header that worked before for this login and scope. */
  Optional<String> known(Reference repository, Scope scope, Optional<Credential> login) {
    if (login.isPresent() && login.get() instanceof Credential.AccessToken access) {
      return Optional.of("Bearer " + access.token());
    }
    Entry entry = cache.get(key(repository, scope, login));
    return entry != null && clock.millis() < entry.until()
        ? Optional.of(entry.header())
        : Optional.empty();
  }

  /** Drops a header that the registry no longer takes. */
  void forget(Reference repository, Scope scope, Optional<Credential> login) {
    cache.remove(key(repository, scope, login));
  }

  /** The header that answers a 401, or nothing if there is none to be had. */
  Optional<String> answer(
      Reference repository, Scope scope, Optional<Credential> login, List<String> wwwAuthenticate)
      throws IOException {
    List<Challenge> challenges = Challenge.parse(wwwAuthenticate);
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("bearer") && challenge.parameter("realm").isPresent()) {
        return Optional.of(token(repository, scope, login, challenge));
      }
    }
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("basic")
          && login.isPresent()
          && login.get() instanceof Credential.Basic basic) {
        String header = basic.header();
        keep(key(repository, scope, login), header, Duration.ofMinutes(5));
        return Optional.of(header);
      }
    }
    return Optional.empty();
  }

  private String token(
      Reference repository, Scope scope, Optional<Credential> login, Challenge challenge)
      throws IOException {
    HttpUrl realm = realm(repository, challenge.parameter("realm").orElse(""));
    Optional<String> service = challenge.parameter("service");
    FetchRequest request =
        switch (login.orElse(null)) {
          case Credential.IdentityToken identity -> refresh(realm, scope, service, identity);
          case Credential.Basic basic ->
              ask(realm, scope, service).withHeader("Authorization", basic.header());
          case Credential.AccessToken access -> ask(realm, scope, service);
          case null -> ask(realm, scope, service);
        };
    if (realm.sameOrigin(settings.endpoint(repository.registry()))) {
      request = request.withTrust(settings.host(repository.registry()).trust());
    }
    try (FetchResponse response = fetcher.send(request)) {
      if (!response.isSuccess()) {
        throw Failures.ofAnswer(repository, "its token service", response);
      }
      var token = TokenAnswer.parse(response.readBytes(ANSWER_LIMIT));
      String header = "Bearer " + token.token();
      keep(key(repository, scope, login), header, token.lifetime());
      return header;
    } catch (IllegalArgumentException e) {
      throw RegistryException.of(
          RegistryException.Kind.INVALID,
          repository,
          "its token service sent a malformed answer",
          e);
    }
  }

  private HttpUrl realm(Reference repository, String text) throws RegistryException {
    HttpUrl realm;
    try {
      realm = HttpUrl.parse(text);
    } catch (IllegalArgumentException e) {
      throw RegistryException.of(
          RegistryException.Kind.INVALID,
          repository,
          "it names a token service with a bad address: " + e.getMessage(),
          e);
    }
    if (!realm.secure() && settings.endpoint(repository.registry()).secure()) {
      throw RegistryException.of(
          RegistryException.Kind.INVALID,
          repository,
          "it names a token service without TLS, which is refused");
    }
    return realm;
  }

  private static FetchRequest ask(HttpUrl realm, Scope scope, Optional<String> service) {
    HttpUrl url = realm;
    if (service.isPresent()) {
      url = url.withQuery("service", service.get());
    }
    for (String entry : scope.entries()) {
      url = url.withQuery("scope", entry);
    }
    return FetchRequest.get(url).withHeader("Accept", "application/json");
  }

  private static FetchRequest refresh(
      HttpUrl realm, Scope scope, Optional<String> service, Credential.IdentityToken identity) {
    String form =
        "grant_type=refresh_token&client_id=cairn&service="
            + encode(service.orElse(""))
            + "&scope="
            + encode(String.join(" ", scope.entries()))
            + "&refresh_token="
            + encode(identity.token());
    return FetchRequest.of("POST", realm)
        .withHeader("Content-Type", "application/x-www-form-urlencoded")
        .withBody(RequestBody.of(form.getBytes(StandardCharsets.UTF_8)));
  }

  private void keep(Key key, String header, Duration lifetime) {
    if (cache.size() >= CACHE_LIMIT) {
      long now = clock.millis();
      cache.values().removeIf(entry -> entry.until() <= now);
      if (cache.size() >= CACHE_LIMIT) {
        cache.clear();
      }
    }
    cache.put(key, new Entry(header, clock.millis() + lifetime.minus(MARGIN).toMillis()));
  }

  private static Key key(Reference repository, Scope scope, Optional<Credential> login) {
    String hashed =
        switch (login.orElse(null)) {
          case Credential.Basic basic -> hash("basic", basic.username(), basic.password());
          case Credential.IdentityToken identity -> hash("identity", identity.token());
          case Credential.AccessToken access -> hash("access", access.token());
          case null -> "anonymous";
        };
    return new Key(repository.registry(), scope, hashed);
  }

  private static String hash(String... parts) {
    var hasher = Digest.newHasher();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      hasher.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8)).update(bytes);
    }
    return hasher.finish().hex();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
