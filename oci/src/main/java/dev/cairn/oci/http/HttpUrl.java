package dev.cairn.oci.http;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * An absolute http or https URL with a plain host: a name or an address in its usual spelling. User
 * names, zones, odd spellings of addresses (decimal, hexadecimal, octal, short), escapes and other
 * alphabets in the host are refused.
 *
 * @param secure whether it is https
 * @param host lower-case name or address, without brackets
 * @param port always set
 * @param target path and query, as sent; starts with a slash
 */
public record HttpUrl(boolean secure, String host, int port, String target) {

  private static final int LIMIT = 8192;

  /** Checks host, port and target. */
  public HttpUrl {
    host = checkedHost(host);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port of " + host + " must be 1 to 65535");
    }
    if (!target.startsWith("/")
        || target.length() > LIMIT
        || !target.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '#')) {
      throw new IllegalArgumentException(
          "path of a URL on " + host + " has characters that are not allowed");
    }
  }

  /**
   * Reads an absolute URL; a fragment is dropped. Anything else is an {@link
   * IllegalArgumentException}.
   */
  public static HttpUrl parse(String text) {
    if (text.length() > LIMIT) {
      throw new IllegalArgumentException("URL is longer than " + LIMIT + " characters");
    }
    return of(uri(text));
  }

  /** Reads a redirect or link relative to this URL. */
  public HttpUrl resolve(String location) {
    if (location.length() > LIMIT) {
      throw new IllegalArgumentException("URL is longer than " + LIMIT + " characters");
    }
    return of(uri(toString()).resolve(uri(location)));
  }

  /** The same URL with one more query parameter, whose value is escaped. */
  public HttpUrl withQuery(String name, String value) {
    String separator =
        target.indexOf('?') < 0 ? "?" : target.endsWith("?") || target.endsWith("&") ? "" : "&";
    return new HttpUrl(secure, host, port, target + separator + escape(name) + "=" + escape(value));
  }

  /**
   * Whether scheme, host and port are equal, so that credentials for one are meant for the other.
   */
  public boolean sameOrigin(HttpUrl other) {
    return secure == other.secure && port == other.port && host.equals(other.host);
  }

  /** Host and port as the Host header has them. */
  public String authority() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (secure ? 443 : 80) ? shown : shown + ":" + port;
  }

  /** The address, if the host is one. */
  Optional<InetAddress> literal() {
    return IpLiteral.parse(host);
  }

  /** The URL without its query, which may hold a signature: for messages and logs. */
  public String shown() {
    int query = target.indexOf('?');
    return (secure ? "https://" : "http://")
        + authority()
        + (query < 0 ? target : target.substring(0, query));
  }

  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + authority() + target;
  }

  private static HttpUrl of(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new IllegalArgumentException("URL must start with https:// or http://");
    }
    boolean secure = scheme.equals("https");
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "URL must not hold a user name or password; store a credential instead");
    }
    // An authority that is not host:port, for example one with other alphabets or escapes, has no
    // host here.
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("URL has no plain host name");
    }
    String host = uri.getHost();
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = uri.getPort() == -1 ? (secure ? 443 : 80) : uri.getPort();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return new HttpUrl(
        secure, host, port, uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
  }

  private static String checkedHost(String text) {
    String host = text.toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    if (host.indexOf(':') >= 0) {
      Optional<InetAddress> address = IpLiteral.parse(host);
      // Mapped addresses come back as IPv4; nobody needs that spelling but to hide one.
      if (address.isEmpty() || address.get().getAddress().length != 16) {
        throw new IllegalArgumentException("host of the URL is not an IPv6 address without zone");
      }
      return host;
    }
    if (host.isEmpty() || host.length() > 253) {
      throw new IllegalArgumentException("host name of the URL must have 1 to 253 characters");
    }
    String[] labels = host.split("\\.", -1);
    for (String label : labels) {
      if (label.isEmpty()
          || label.length() > 63
          || !label.chars().allMatch(HttpUrl::isHostCharacter)) {
        throw new IllegalArgumentException(
            "host name of the URL must be labels of letters, digits and hyphens");
      }
    }
    if (endsInNumber(labels[labels.length - 1]) && IpLiteral.parse(host).isEmpty()) {
      throw new IllegalArgumentException(
          "host of the URL is an address in an unusual spelling; write it as a.b.c.d");
    }
    return host;
  }

  private static boolean isHostCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  }

  /**
   * Whatever some resolver might read as the last part of an IPv4 address. No top-level domain
   * looks so.
   */
  private static boolean endsInNumber(String label) {
    return label.startsWith("0x") || label.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("URL is not valid: " + e.getReason(), e);
    }
  }

  private static String escape(String text) {
    var escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = Character.isLetterOrDigit(c) && c < 0x80;
      if (plain || "-._~:/,".indexOf(c) >= 0) {
        escaped.append(c);
      } else {
        escaped.append('%').append(String.format("%02X", (int) c));
      }
    }
    return escaped.toString();
  }
}
