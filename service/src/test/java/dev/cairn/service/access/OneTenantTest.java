package dev.cairn.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.TenantId;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.audit.AuditFiles;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.store.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneTenantTest {
  private static final TenantId FIRST = new TenantId("first");
  private static final TenantId SECOND = new TenantId("second");

  @TempDir Path directory;

  private TenantTable table(SqliteStore store) throws Exception {
    var audit = new AuditLog(store, new AuditFiles(directory), Clock.systemUTC());
    return new TenantTable(store, audit, TenantLimits.DEFAULT, Clock.systemUTC());
  }

  private SqliteStore store() throws Exception {
    return new SqliteStore(directory.resolve("cairn.db"), true, (measure, number, labels) -> {});
  }

  // Threat 4
  @Test
  void refusesASecondTenantAlsoToACommandBesideTheServer() throws Exception {
    try (var store = store()) {
      table(store).keepToOne(Optional.of("steps are plain here"));
      table(store).create(FIRST, TenantLimits.DEFAULT);
      var beside = table(store);
      assertThatThrownBy(() -> beside.create(SECOND, TenantLimits.DEFAULT))
          .isInstanceOfSatisfying(
              ServiceException.class,
              e -> {
                assertThat(e.code()).isEqualTo("isolation-too-weak");
                assertThat(e.getMessage()).contains("steps are plain here");
                assertThat(e.remedy()).contains("isolation.minimum: plain");
              });
      assertThatThrownBy(() -> beside.ensure(SECOND)).isInstanceOf(ServiceException.class);
      assertThat(beside.list()).hasSize(1);
      assertThat(beside.ensure(FIRST).id()).isEqualTo(FIRST);
      assertThatThrownBy(() -> beside.create(FIRST, TenantLimits.DEFAULT))
          .hasMessageContaining("already");
    }
  }

  @Test
  void takesOneWhenTheOperatorHasDecided() throws Exception {
    try (var store = store()) {
      table(store).create(FIRST, TenantLimits.DEFAULT);
      table(store).keepToOne(Optional.of("steps are plain here"));
      table(store).keepToOne(Optional.empty());
      table(store).create(SECOND, TenantLimits.DEFAULT);
      assertThatThrownBy(() -> table(store).keepToOne(Optional.of("steps are plain here")))
          .hasMessageContaining("2 tenants");
    }
  }
}
