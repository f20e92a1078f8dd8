package dev.cairn.app.server;

import dev.cairn.app.command.LocalAdmin;
import dev.cairn.build.TenantId;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.service.Actor;
import dev.cairn.service.Audit;
import dev.cairn.service.RepositoryGrant;
import dev.cairn.service.Right;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.Tokens;
import dev.cairn.service.assembly.CairnService;
import dev.cairn.service.assembly.ServiceSettings;
import dev.cairn.service.audit.Verification;
import java.io.IOException;
import java.nio.file.Files;
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
      return Actor.LOCAL.call(() -> issueToken(service, tenant, granted, only));
    } catch (ServiceException e) {
      throw new IllegalArgumentException(e.getMessage() + "; " + e.remedy(), e);
    }
  }

  private static String issueToken(
      CairnService service, String tenant, Set<Right> granted, List<RepositoryGrant> only)
      throws IOException {
    TenantId id = tenant(service, tenant);
    return service
        .tokens()
        .issue(id, new Tokens.Purpose("", granted, only, Optional.empty()))
        .text();
  }

  @Override
  public void setSecret(Path data, String tenant, String id, byte[] value) throws IOException {
    try (CairnService service = open(data)) {
      Actor.LOCAL.call(() -> service.tenantSecrets().set(tenant(service, tenant), id, value));
    }
  }

  @Override
  public Optional<String> verifyAudit(Path data, Verification verification) throws IOException {
    if (!Files.exists(data.resolve("cairn.db"))) {
      throw new IOException(
          data + " holds no database; with PostgreSQL ask the server: cairn audit verify --server");
    }
    try (CairnService service = open(data)) {
      Audit.Head head = service.audit().head();
      long next = verification.last().number() + 1;
      while (next <= head.number()) {
        List<Audit.Entry> entries =
            service.audit().from(next, 1000).stream()
                .filter(entry -> entry.number() <= head.number())
                .toList();
        if (entries.isEmpty() || !verification.take(entries)) {
          break;
        }
        next = entries.getLast().number() + 1;
      }
      return verification.end(head);
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
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
    return open(ServerConfig.in(data));
  }

  /** The service of a data directory beside the server that may be running on it. */
  static CairnService open(ServerConfig config) throws IOException {
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
        LocalBlobStore.besideServer(config.data().resolve("blobs")),
        Optional.empty(),
        Clock.systemUTC(),
        (measure, number, labels) -> {});
  }
}
