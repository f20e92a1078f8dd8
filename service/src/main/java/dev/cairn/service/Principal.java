package dev.cairn.service;

import dev.cairn.build.TenantId;
import dev.cairn.oci.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks, as the credential says. The tenant of everything that is read or written comes from
 * here and from nowhere else.
 *
 * @param tenant whose things these are
 * @param tokenId names the credential in logs and origins; not secret
 * @param rights what it may do
 * @param confinement the repositories it is limited to; absent if it is not
 * @param expiresAt from when on the credential is refused, if that is known
 */
public record Principal(
    TenantId tenant,
    String tokenId,
    Set<Right> rights,
    Optional<Confinement> confinement,
    Optional<Instant> expiresAt) {

  /**
   * The only repositories that a credential opens.
   *
   * @param grants what it may do where
   * @param login who was given this credential in exchange for a better one, and may ask for
   *     another
   */
  public record Confinement(List<RepositoryGrant> grants, Optional<Principal> login) {
    public Confinement {
      grants = List.copyOf(grants);
    }
  }

  public Principal {
    rights = Set.copyOf(rights);
  }

  /** Somebody who is not limited to some repositories. */
  public Principal(TenantId tenant, String tokenId, Set<Right> rights) {
    this(tenant, tokenId, rights, Optional.empty(), Optional.empty());
  }

  /** Whether it has the right. */
  public boolean may(Right right) {
    return rights.contains(right);
  }

  /**
   * Whether it may do this in a repository.
   *
   * @param repository relative to the tenant
   */
  public boolean may(RepositoryAction action, RepositoryName repository) {
    return may(action.right())
        && (confinement.isEmpty()
            || confinement.get().grants().stream()
                .anyMatch(grant -> grant.allows(action, repository)));
  }

  /** Whether there may be a repository in which it may do this. */
  public boolean maySomewhere(RepositoryAction action) {
    return may(action.right())
        && (confinement.isEmpty()
            || confinement.get().grants().stream()
                .anyMatch(grant -> grant.actions().contains(action)));
  }

  /** The better credential that this one was exchanged for. */
  public Optional<Principal> login() {
    return confinement.flatMap(Confinement::login);
  }

  /**
   * Insists on the right.
   *
   * @throws ServiceException of kind {@code FORBIDDEN}, naming it
   */
  public void require(Right right) {
    if (!may(right)) {
      throw ServiceException.of(
          ServiceException.Kind.FORBIDDEN,
          "right-missing",
          "this token does not have the right " + right.text(),
          "use a token that has it");
    }
  }
}
