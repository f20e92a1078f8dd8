package dev.cairn.oci.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** How a fetcher reaches others: the policy is the part that matters. */
public record FetchSettings(
    AddressPolicy policy,
    Resolver resolver,
    TlsTrust trust,
    Optional<ProxySettings> proxy,
    Timeouts timeouts,
    String userAgent) {

  /** The system's resolver and authorities, no proxy, the default timeouts. */
  public static FetchSettings of(AddressPolicy policy) {
    return new FetchSettings(
        policy,
        Resolver.system(),
        TlsTrust.system(),
        Optional.empty(),
        Timeouts.DEFAULT,
        "cairn/" + version());
  }

  /** The same with this resolver. */
  public FetchSettings withResolver(Resolver newResolver) {
    return new FetchSettings(policy, newResolver, trust, proxy, timeouts, userAgent);
  }

  /** The same with these certificates trusted. */
  public FetchSettings withTrust(TlsTrust newTrust) {
    return new FetchSettings(policy, resolver, newTrust, proxy, timeouts, userAgent);
  }

  /** The same through this proxy. */
  public FetchSettings withProxy(ProxySettings newProxy) {
    return new FetchSettings(policy, resolver, trust, Optional.of(newProxy), timeouts, userAgent);
  }

  /** The same with these timeouts. */
  public FetchSettings withTimeouts(Timeouts newTimeouts) {
    return new FetchSettings(policy, resolver, trust, proxy, newTimeouts, userAgent);
  }

  private static String version() {
    var properties = new Properties();
    try (InputStream in = FetchSettings.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the version cannot be read from the program's own files", e);
    }
    return properties.getProperty("version", "unknown");
  }
}
