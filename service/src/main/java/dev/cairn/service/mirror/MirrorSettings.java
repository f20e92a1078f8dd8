package dev.cairn.service.mirror;

import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.registry.Credential;
import java.time.Duration;
import java.util.Optional;

/**
 * A mirror.
 *
 * @param name under which it is pulled from; has a dot, as no tenant's name has
 * @param upstream the registry behind it
 * @param fresh how long a tag is believed without asking again
 * @param kept how long something is kept after its last use
 * @param login with which content is fetched that everybody may have, for its higher limits
 */
public record MirrorSettings(
    String name, RegistryHost upstream, Duration fresh, Duration kept, Optional<Credential> login) {

  /**
   * @throws IllegalArgumentException if the name could be a tenant's, or a time is not positive
   */
  public MirrorSettings {
    if (!name.matches("[a-z0-9]+([._-][a-z0-9]+)*") || !name.contains(".")) {
      throw new IllegalArgumentException(
          "mirrors: a mirror's name is lower case and has a dot, as docker.io or hub.mirror, not: "
              + name);
    }
    if (fresh.isNegative() || kept.isNegative() || kept.isZero()) {
      throw new IllegalArgumentException(
          "mirrors." + name + ": freshSeconds is 0 or more and keepSeconds 1 or more");
    }
  }
}
