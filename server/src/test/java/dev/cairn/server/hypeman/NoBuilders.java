package dev.cairn.server.hypeman;

import dev.cairn.build.TenantId;
import dev.cairn.service.Builders;
import dev.cairn.service.Principal;
import dev.cairn.service.ServiceException;
import java.util.List;
import java.util.Optional;

/** A service in which nobody has a builder. */
final class NoBuilders implements Builders {
  @Override
  public NamedBuilder create(Principal who, Wish wish) {
    throw ServiceException.of(ServiceException.Kind.QUOTA, "none", "there are none", "do without");
  }

  @Override
  public Optional<NamedBuilder> find(TenantId tenant, String id) {
    return Optional.empty();
  }

  @Override
  public List<NamedBuilder> list(TenantId tenant) {
    return List.of();
  }

  @Override
  public NamedBuilder prune(TenantId tenant, String id) {
    throw ServiceException.notFound("builder");
  }

  @Override
  public void delete(TenantId tenant, String id) {
    throw ServiceException.notFound("builder");
  }
}
