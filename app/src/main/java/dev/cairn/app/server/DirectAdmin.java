package dev.cairn.app.server;

import dev.cairn.app.command.LocalAdmin;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.Tokens;
import dev.cairn.service.assembly.CairnService;
import dev.cairn.service.assembly.ServiceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Administers through the data directory with the service's own code, beside a server that may be
 * running: the database takes both.
 */
public final class DirectAdmin implements LocalAdmin {

  @Override
  public String issueToken(Path data, String tenant, Set<String> rights, List<String> repositories)
      throws IOException {
    Set<Right> granted = EnumSet.noneOf(Right.class);
    rights.forEach(text -> granted.add(Right.parse(text)));
    List<RepositoryGrant> only = repositories.stream().map(RepositoryGrant::parse).toList();
    if (granted.isEmpty()) {
      granted.addAll(only.isEmpty() ? Right.ordinary() : RepositoryGrant.rights(only));
    }
    try (CairnService service = open(data)) {
      TenantId id = tenant(service, tenant);
      return service
          .tokens()
          .issue(id, new Tokens.Purpose("", granted, only, Optional.empty()))
          .text();
    } catch (ServiceException e) {
      throw new IllegalArgumentException(e.getMessage() + "; " + e.remedy(), e);
    }
  }

  @Override
  public void setSecret(Path data, String tenant, String id, byte[] value) throws IOException {
    try (CairnService service = open(data)) {
      service.tenantSecrets().set(tenant(service, tenant), id, value);
    }
  }

  private static TenantId tenant(CairnService service, String name) throws IOException {
    var id = new TenantId(name);
    makeTenant(service, id);
    return id;
  }

  /** Makes a tenant if there is none of that name. */
  static void makeTenant(CairnService service, TenantId id) throws IOException {
    try {
      if (service.tenants().find(id).isEmpty()) {
        service.tenants().create(id, TenantLimits.DEFAULT);
      }
    } catch (ServiceException e) {
      throw new IOException(e.getMessage() + "; " + e.remedy(), e);
    }
  }

  private static CairnService open(Path data) throws IOException {
    ServerConfig config = ServerConfig.in(data);
    ServiceSettings usual = Settings.service(config, Settings.limits(config));
    var settings =
        new ServiceSettings(
            usual.data(),
            usual.memory(),
            usual.postgres(),
            usual.queue(),
            usual.tenants(),
            usual.contexts(),
            usual.retention(),
            false);
    return new CairnService(
        settings,
        LocalBlobStore.besideServer(data.resolve("blobs")),
        Optional.empty(),
        Clock.systemUTC(),
        (measure, number, labels) -> {});
  }
}
