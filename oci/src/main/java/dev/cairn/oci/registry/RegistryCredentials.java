package dev.cairn.oci.registry;

import dev.cairn.oci.RegistryHost;
import java.util.Map;
import java.util.Optional;

/**
 * The logins of one caller, by registry. A login is only ever used for its own registry and the
 * token service that one names.
 */
public record RegistryCredentials(Map<RegistryHost, Credential> byHost) {

  /** No logins: everything is asked for anonymously. */
  public static final RegistryCredentials NONE = new RegistryCredentials(Map.of());

  /** Copies the map. */
  public RegistryCredentials {
    byHost = Map.copyOf(byHost);
  }

  /** One login for one registry. */
  public static RegistryCredentials of(RegistryHost host, Credential credential) {
    return new RegistryCredentials(Map.of(host, credential));
  }

  Optional<Credential> forHost(RegistryHost host) {
    return Optional.ofNullable(byHost.get(host));
  }

  @Override
  public String toString() {
    return "***";
  }
}
