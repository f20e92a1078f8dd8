package dev.cairn.oci.http;

import java.util.Optional;

/**
 * One request. {@code trust} replaces the fetcher's own for this origin alone, not for where it
 * redirects to. {@code toString} has no header values and no query.
 */
public record FetchRequest(
    String method, HttpUrl url, Headers headers, RequestBody body, Optional<TlsTrust> trust) {

  /** Checks the method. */
  public FetchRequest {
    if (method.isEmpty() || !method.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
      throw new IllegalArgumentException("HTTP method must be upper-case letters");
    }
  }

  /** A request without body and own headers. */
  public static FetchRequest of(String method, HttpUrl url) {
    return new FetchRequest(method, url, Headers.NONE, RequestBody.NONE, Optional.empty());
  }

  /** A GET. */
  public static FetchRequest get(HttpUrl url) {
    return of("GET", url);
  }

  /** The same request with this header. */
  public FetchRequest withHeader(String name, String value) {
    return new FetchRequest(method, url, headers.with(name, value), body, trust);
  }

  /** The same request with this body. */
  public FetchRequest withBody(RequestBody newBody) {
    return new FetchRequest(method, url, headers, newBody, trust);
  }

  /** The same request with these certificates trusted. */
  public FetchRequest withTrust(Optional<TlsTrust> newTrust) {
    return new FetchRequest(method, url, headers, body, newTrust);
  }

  /**
   * The request that follows a redirect: to another origin nothing private goes along, nor does the
   * trust.
   */
  FetchRequest redirectedTo(HttpUrl next, boolean toGet) {
    boolean same = url.sameOrigin(next);
    return new FetchRequest(
        toGet && !method.equals("HEAD") ? "GET" : method,
        next,
        same ? headers : headers.withoutPrivate(),
        toGet ? RequestBody.NONE : body,
        same ? trust : Optional.empty());
  }

  boolean isRead() {
    return method.equals("GET") || method.equals("HEAD");
  }

  @Override
  public String toString() {
    return method + " " + url.shown();
  }
}
