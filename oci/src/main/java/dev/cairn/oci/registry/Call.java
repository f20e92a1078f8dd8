package dev.cairn.oci.registry;

import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.FetchRequest;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.http.HttpFetcher;
import dev.cairn.oci.http.HttpUrl;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends requests to registries: with the login of the registry, once more after a challenge, and
 * again after transient failures.
 */
final class Call {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final HttpFetcher fetcher;
  private final RegistrySettings settings;
  private final Authenticator authenticator;
  private final RegistryCredentials credentials;
  private final InstantSource clock;

  Call(
      HttpFetcher fetcher,
      RegistrySettings settings,
      Authenticator authenticator,
      RegistryCredentials credentials,
      InstantSource clock) {
    this.fetcher = fetcher;
    this.settings = settings;
    this.authenticator = authenticator;
    this.credentials = credentials;
    this.clock = clock;
  }

  RegistrySettings settings() {
    return settings;
  }

  /** The address of a path below {@code /v2/<repository>/}. */
  HttpUrl url(Reference repository, String path) {
    return settings
        .endpoint(repository.registry())
        .resolve("/v2/" + repository.repository() + "/" + path);
  }

  /**
   * Sends until there is an answer that is not transient, or the attempts are used up; the caller
   * judges the status.
   */
  FetchResponse send(Reference repository, Scope scope, FetchRequest request) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Optional<FetchResponse> response = Optional.empty();
      try {
        response = Optional.of(once(repository, scope, request));
        if (!Failures.isTransient(response.get().status()) || attempt >= settings.attempts()) {
          return response.get();
        }
      } catch (IOException e) {
        RegistryException failure = Failures.ofConnection(repository, e);
        if (!failure.retryable() || attempt >= settings.attempts()) {
          throw failure;
        }
      }
      Duration wait = wait(attempt, response.flatMap(r -> RetryAfter.of(r, clock)));
      if (response.isPresent()) {
        response.get().close();
      }
      pause(wait);
    }
  }

  /** Sends once; what the attempts of a larger operation use. */
  FetchResponse once(Reference repository, Scope scope, FetchRequest request) throws IOException {
    RegistryHost registry = repository.registry();
    // A Location on another host is signed by itself; our login is not for it.
    boolean home = request.url().sameOrigin(settings.endpoint(registry));
    if (!home) {
      if (settings.endpoint(registry).secure() && !request.url().secure()) {
        throw RegistryException.of(
            RegistryException.Kind.INVALID,
            repository,
            "it points to an address without TLS, which is refused");
      }
      return fetcher.send(request);
    }
    FetchRequest trusted = request.withTrust(settings.host(registry).trust());
    Optional<Credential> login = credentials.forHost(registry);
    Optional<String> header = authenticator.known(repository, scope, login);
    FetchResponse response = fetcher.send(authorized(trusted, header));
    if (response.status() != 401 || !response.url().sameOrigin(request.url())) {
      return response;
    }
    authenticator.forget(repository, scope, login);
    Optional<String> answer;
    try {
      answer =
          authenticator.answer(
              repository, scope, login, response.headers().all("WWW-Authenticate"));
    } catch (IOException e) {
      response.close();
      throw e;
    }
    if (answer.isEmpty() || answer.equals(header)) {
      return response;
    }
    response.close();
    return fetcher.send(authorized(trusted, answer));
  }

  /** Whether the repository has the blob. */
  boolean hasBlob(Reference repository, Scope scope, Digest digest) throws IOException {
    FetchRequest request = FetchRequest.of("HEAD", url(repository, "blobs/" + digest));
    try (FetchResponse response = send(repository, scope, request)) {
      if (response.status() == 404) {
        return false;
      }
      if (!response.isSuccess()) {
        throw Failures.ofAnswer(repository, "the blob " + digest, response);
      }
      return true;
    }
  }

  /** Waits before the next attempt of a larger operation, as long as the registry asked for. */
  void pauseAfter(int attempt, RegistryException failure) throws IOException {
    pause(wait(attempt, failure.retryAfter()));
  }

  private static FetchRequest authorized(FetchRequest request, Optional<String> header) {
    return header.map(value -> request.withHeader("Authorization", value)).orElse(request);
  }

  private Duration wait(int attempt, Optional<Duration> asked) {
    if (asked.isPresent()) {
      return asked.get();
    }
    long millis =
        Math.min(
            settings.backoff().toMillis() << Math.min(attempt - 1, 10), LONGEST_WAIT.toMillis());
    // Spread, so that many builds do not come back in the same moment.
    return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
  }

  private static void pause(Duration wait) throws InterruptedIOException {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a registry");
    }
  }
}
