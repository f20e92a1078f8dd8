package dev.cairn.app.server;

import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.http.TlsTrust;
import dev.cairn.oci.registry.RegistrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How single registries are spoken to, for pulls and pushes alike. Nobody but the operator takes
 * protection away.
 *
 * @param plainHttp registries spoken to without TLS
 * @param rules what else is said of registries, by host
 */
public record RegistryConfig(List<String> plainHttp, Map<String, Rule> rules) {

  /** Nothing is said of any. */
  public static final RegistryConfig NONE = new RegistryConfig(List.of(), Map.of());

  /**
   * One registry.
   *
   * @param certificates a bundle of authorities that only this registry is trusted by, besides the
   *     usual ones
   * @param unchecked whether any certificate will do
   */
  public record Rule(Optional<Path> certificates, boolean unchecked) {}

  /** Copies both. */
  public RegistryConfig {
    plainHttp = List.copyOf(plainHttp);
    rules = Map.copyOf(rules);
  }

  /** The same with other registries without TLS. */
  RegistryConfig withPlainHttp(List<String> other) {
    return new RegistryConfig(other, rules);
  }

  /**
   * What the client needs to know.
   *
   * @throws IllegalArgumentException naming the registry that is described wrongly
   */
  RegistrySettings settings() throws IOException {
    Map<RegistryHost, RegistrySettings.Host> hosts = new HashMap<>();
    for (String host : plainHttp) {
      hosts.put(new RegistryHost(host), RegistrySettings.Host.plain());
    }
    for (var rule : rules.entrySet()) {
      RegistryHost host = RegistryHost.parse(rule.getKey());
      if (rule.getValue().unchecked() == rule.getValue().certificates().isPresent()
          || hosts.containsKey(host)) {
        throw new IllegalArgumentException(
            "registries."
                + host
                + " has one of certificates: FILE and unchecked: true, and does not stand under"
                + " plainHttp");
      }
      hosts.put(host, RegistrySettings.Host.trusting(trust(rule.getValue())));
    }
    return RegistrySettings.DEFAULT.withHosts(hosts);
  }

  private static TlsTrust trust(Rule rule) throws IOException {
    return rule.certificates().isEmpty()
        ? TlsTrust.insecure()
        : TlsTrust.withAuthorities(Files.readAllBytes(rule.certificates().get()));
  }
}
