package dev.cairn.service;

import dev.cairn.build.Inputs;
import dev.cairn.build.TenantId;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tenant's logins for registries, encrypted under a key outside the database. A login goes to
 * its registry and nowhere else, and no call gives its password back.
 */
public interface RegistryLogins {

  /**
   * For what a login is.
   *
   * @param host the registry
   * @param repository only this repository and those below it; absent for all
   */
  record Place(RegistryHost host, Optional<RepositoryName> repository) {}

  /**
   * A login without its password.
   *
   * @param place for what it is
   * @param purposes what it may be used for
   * @param username empty if the password is a token that is sent as it is
   * @param createdAt when it was set first
   * @param updatedAt when it was set last
   */
  record Login(
      Place place,
      Set<Inputs.Purpose> purposes,
      String username,
      Instant createdAt,
      Instant updatedAt) {
    public Login {
      purposes = Set.copyOf(purposes);
    }
  }

  /**
   * Sets or replaces a login. The array is not kept.
   *
   * @param username empty if {@code password} is an access token
   * @throws ServiceException of kind {@code INVALID} naming the field, {@code QUOTA} if the tenant
   *     has as many as it may
   */
  Login set(
      TenantId tenant, Place place, Set<Inputs.Purpose> purposes, String username, byte[] password);

  /** All, by host and repository. */
  List<Login> list(TenantId tenant);

  /** Forgets one; false if there is none. */
  boolean delete(TenantId tenant, Place place);
}
