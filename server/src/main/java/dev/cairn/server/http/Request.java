package dev.cairn.server.http;

import dev.cairn.service.Principal;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One request, with its body under the route's limit. */
public final class Request {
  private final ServerRequest server;
  private final String id;
  private final HttpOptions.BodyRate rate;
  private final BodyTurns turns;
  private final String rawPath;
  private final Map<String, List<String>> query;
  private Map<String, String> parameters = Map.of();
  private long bodyLimit;
  private @Nullable LimitedBody body;
  private @Nullable Principal caller;

  Request(ServerRequest server, String id, HttpOptions.BodyRate rate, BodyTurns turns) {
    this.server = server;
    this.id = id;
    this.rate = rate;
    this.turns = turns;
    this.rawPath = server.prologue().uriPath().rawPath();
    this.query = parse(server.prologue().query().rawValue());
  }

  void matched(Map<String, String> found, long limit) {
    this.parameters = found;
    this.bodyLimit = limit;
  }

  void authenticated(Principal who) {
    this.caller = who;
  }

  /** The id of this request, also in its response and in the log. */
  public String id() {
    return id;
  }

  /** The method as it was sent. */
  public String method() {
    return server.prologue().method().text();
  }

  /** The path as it was sent, escapes and all. */
  public String rawPath() {
    return rawPath;
  }

  /** A parameter of the route's path, decoded. */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no parameter " + name);
    }
    return value;
  }

  /** A parameter of the path, if the route has one of this name. */
  public Optional<String> optionalParameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** The last value of a query parameter. */
  public Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name)).map(List::getLast);
  }

  /** All query parameters in order, decoded. */
  public Map<String, List<String>> queries() {
    return query;
  }

  /** A header's first value. */
  public Optional<String> header(String name) {
    return server.headers().first(HeaderNames.create(name));
  }

  /** All values of a header. */
  public List<String> headers(String name) {
    var header = HeaderNames.create(name);
    return server.headers().contains(header)
        ? List.copyOf(server.headers().get(header).allValues())
        : List.of();
  }

  /** The Host header: the name under which the caller reaches us. */
  public String host() {
    return server.authority();
  }

  /** Whether it came over TLS to us, whatever a proxy before us did. */
  public boolean secure() {
    return server.isSecure();
  }

  /** The caller; only on routes that need one, or offered one. */
  public Principal caller() {
    if (caller == null) {
      throw new IllegalStateException("the route has no caller");
    }
    return caller;
  }

  /** The token that the request carries, as Bearer or as the password of Basic. */
  public Optional<String> credential() {
    return Gate.credential(this);
  }

  /** The length that the client announced. */
  public OptionalLong contentLength() {
    return server.headers().contentLength();
  }

  /**
   * The body. Reading beyond the route's limit ends with a 413.
   *
   * @throws ApiException at once if more than the limit is announced
   */
  public InputStream body() {
    if (body == null) {
      if (contentLength().orElse(0) > bodyLimit) {
        throw LimitedBody.tooLarge(bodyLimit);
      }
      body =
          new LimitedBody(
              server.content().hasEntity()
                  ? server.content().inputStream()
                  : InputStream.nullInputStream(),
              bodyLimit,
              rate,
              turns);
    }
    return body;
  }

  /** The request is over. */
  void end() {
    if (body != null) {
      body.close();
    }
  }

  /** Whether bytes of the body may still be on their way. */
  boolean bodyUnread() {
    return server.content().hasEntity() && (body == null || !body.ended());
  }

  /** The caller's tenant, for the log. */
  String callerTenant() {
    return caller == null ? "" : caller.tenant().value();
  }

  /** The id of the caller's token, for the log. */
  String callerToken() {
    return caller == null ? "" : caller.tokenId();
  }

  /** The address of the other end, for the log. */
  String peer() {
    return server.remotePeer().host();
  }

  private static Map<String, List<String>> parse(@Nullable String raw) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    if (raw == null || raw.isEmpty()) {
      return all;
    }
    for (String pair : raw.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = PercentDecoder.query(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : PercentDecoder.query(pair.substring(equals + 1));
      all.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }
    return all;
  }
}
