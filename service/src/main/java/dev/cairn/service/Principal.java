package dev.cairn.service;

import dev.cairn.build.TenantId;
import java.util.Set;

/**
 * Who asks, as the credential says. The tenant of everything that is read or written comes from
 * here and from nowhere else.
 *
 * @param tenant whose things these are
 * @param tokenId names the credential in logs and origins; not secret
 * @param rights what it may do
 */
public record Principal(TenantId tenant, String tokenId, Set<Right> rights) {

  public Principal {
    rights = Set.copyOf(rights);
  }

  /** Whether it has the right. */
  public boolean may(Right right) {
    return rights.contains(right);
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
