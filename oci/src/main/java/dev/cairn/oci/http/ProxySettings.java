package dev.cairn.oci.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The HTTP proxy that connections go through, by CONNECT. Names are resolved and checked here, and
 * the proxy is told the checked address; only if {@code resolvesNames} is it told the name, and the
 * operator relies on the proxy's own rules. The proxy's address itself has to be allowed by the
 * policy.
 *
 * @param authorization the value of Proxy-Authorization, if the proxy wants one
 * @param except hosts reached directly: {@code example.com} also means the names below it
 */
public record ProxySettings(
    String host,
    int port,
    Optional<String> authorization,
    List<String> except,
    boolean resolvesNames) {

  /** Copies the list. */
  public ProxySettings {
    except = List.copyOf(except);
  }

  boolean serves(String name) {
    for (String entry : except) {
      String suffix = entry.toLowerCase(Locale.ROOT);
      suffix = suffix.startsWith(".") ? suffix.substring(1) : suffix;
      if (suffix.equals("*") || name.equals(suffix) || name.endsWith("." + suffix)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "proxy " + host + ":" + port;
  }
}
