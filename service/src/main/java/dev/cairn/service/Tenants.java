package dev.cairn.service;

import dev.cairn.build.TenantId;
import java.util.List;
import java.util.Optional;

/** Those who use the service. Callers need {@link Right#TENANT_ADMIN}, but for their own. */
public interface Tenants {

  /**
   * Adds a tenant.
   *
   * @throws ServiceException of kind {@code CONFLICT} if there is one of this name
   */
  Tenant create(TenantId id, TenantLimits limits);

  /** The tenant of this name, made with default limits if it is new. */
  Tenant ensure(TenantId id);

  /** The tenant of this name. */
  Optional<Tenant> find(TenantId id);

  /** All, by name. */
  List<Tenant> list();

  /**
   * Changes limits; what exceeds them already goes on.
   *
   * @throws ServiceException of kind {@code NOT_FOUND}
   */
  Tenant setLimits(TenantId id, TenantLimits limits);
}
