package dev.cairn.oci;

import java.util.Locale;

/**
 * The host, and perhaps the port, of a registry: a domain name, an IPv4 address or an IPv6 address
 * in brackets. Kept in lower case, because credentials and settings are looked up by it.
 */
public record RegistryHost(String value) {

  /** The registry that Docker means when none is named. */
  public static final RegistryHost DOCKER_HUB = new RegistryHost("docker.io");

  private static final int LIMIT = 253 + 6;

  /**
   * Checks the grammar, lowers the case, and turns the old name {@code index.docker.io} into {@code
   * docker.io}.
   */
  public RegistryHost {
    if (value.isEmpty() || value.length() > LIMIT) {
      throw wrong(value);
    }
    value = value.toLowerCase(Locale.ROOT);
    checkPort(value);
    String host = hostOf(value);
    boolean good = host.startsWith("[") ? isBracketed(host) : isDomain(host);
    if (!good) {
      throw wrong(value);
    }
    if (value.equals("index.docker.io")) {
      value = "docker.io";
    }
  }

  /** Reads {@code host} or {@code host:port}; anything else is an {@link InvalidOciException}. */
  public static RegistryHost parse(String text) {
    return new RegistryHost(text);
  }

  /** The host without its port; an IPv6 address keeps its brackets. */
  public String host() {
    return hostOf(value);
  }

  /** The port, or -1 if the scheme's own port is meant. */
  public int port() {
    String host = hostOf(value);
    return host.length() == value.length()
        ? -1
        : Integer.parseInt(value.substring(host.length() + 1));
  }

  @Override
  public String toString() {
    return value;
  }

  private static String hostOf(String value) {
    int bracket = value.indexOf(']');
    int colon = value.indexOf(':', Math.max(bracket, 0));
    return colon < 0 ? value : value.substring(0, colon);
  }

  private static void checkPort(String value) {
    int length = hostOf(value).length();
    if (length == value.length()) {
      return;
    }
    String port = value.substring(length + 1);
    boolean digits = port.length() <= 5 && Ascii.isDigits(port);
    if (!digits || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
      throw wrong(value);
    }
  }

  private static boolean isBracketed(String host) {
    if (!host.endsWith("]") || host.length() < 4) {
      return false;
    }
    String inner = host.substring(1, host.length() - 1);
    // No zone: a zone names an interface of this machine, which no reference may choose.
    return inner.indexOf(':') >= 0
        && inner.chars().allMatch(c -> Ascii.isLowerHex((char) c) || c == ':' || c == '.');
  }

  private static boolean isDomain(String host) {
    int start = 0;
    while (start <= host.length()) {
      int dot = host.indexOf('.', start);
      int end = dot < 0 ? host.length() : dot;
      if (end == start || host.charAt(start) == '-' || host.charAt(end - 1) == '-') {
        return false;
      }
      for (int i = start; i < end; i++) {
        char c = host.charAt(i);
        if (!(Ascii.isLowerOrDigit(c) || c == '-')) {
          return false;
        }
      }
      start = end + 1;
    }
    return true;
  }

  private static InvalidOciException wrong(String value) {
    return new InvalidOciException(
        "registry must be a host name or address with an optional port, not "
            + InvalidOciException.quote(value));
  }
}
