package dev.cairn.service.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Inputs;
import dev.cairn.build.Limits;
import dev.cairn.build.Origin;
import dev.cairn.build.Outputs;
import dev.cairn.build.Recipe;
import dev.cairn.build.Schedule;
import dev.cairn.build.TenantId;
import dev.cairn.service.Metrics;
import dev.cairn.service.TenantLimits;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.audit.AuditFiles;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.store.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class ClaimsTest {
  private static final TenantId HEAVY = new TenantId("heavy");
  private static final TenantId LIGHT = new TenantId("light");

  /** In memory, because 400 starts are 400 syncs of the disk. */
  private static final class InMemory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
        throws IOException {
      return Files.createTempDirectory(Path.of("/dev/shm"), "cairn-test");
    }
  }

  @TempDir(factory = InMemory.class)
  Path directory;

  private static BuildRequest request(TenantId tenant) {
    return new BuildRequest(
        tenant,
        new Origin("cairn", Optional.empty(), "tok_1", "api", Optional.empty()),
        Map.of(),
        Map.of(),
        new Recipe.Dockerfile(
            new Recipe.DockerfileText.Inline("FROM scratch\n"),
            Optional.empty(),
            Map.of(),
            List.of(),
            Map.of(),
            Recipe.RunOptions.DEFAULT,
            Map.of()),
        CacheOptions.of(CacheScope.of(tenant, "default")),
        Inputs.NONE,
        Outputs.DEFAULT,
        Limits.DEFAULT,
        Schedule.DEFAULT);
  }

  @Test
  void startsBuildsInTheRatioOfTheWeightsHoweverTheyCame() throws Exception {
    try (var store = new SqliteStore(directory.resolve("cairn.db"), true, Metrics.NONE)) {
      Clock clock = Clock.systemUTC();
      var tenants =
          new TenantTable(
              store,
              new AuditLog(store, new AuditFiles(directory), clock),
              TenantLimits.DEFAULT,
              clock);
      tenants.create(HEAVY, new TenantLimits(1000, 1000, 3, 1, 1, 1));
      tenants.create(LIGHT, new TenantLimits(1000, 1000, 1, 1, 1, 1));
      Instant now = clock.instant();
      store.change(session -> {
        for (int i = 1; i <= 330; i++) {
          BuildRows.insert(session, new BuildId(i, 1), request(HEAVY), now, Optional.empty());
          // The light one came first, with all of its builds.
          BuildRows.insert(session, new BuildId(0, i), request(LIGHT), now, Optional.empty());
        }
      });
      var claims = new Claims(store, QueueSettings.DEFAULT, clock, "me");
      var started = new HashMap<TenantId, Integer>();
      for (int i = 1; i <= 400; i++) {
        started.merge(claims.claim(Claims.Whose.ANYBODY).orElseThrow().tenant(), 1, Integer::sum);
        int heavy = started.getOrDefault(HEAVY, 0);
        assertThat(heavy * 4 - i * 3).isBetween(-8, 8);
      }
      assertThat(started.get(HEAVY)).isBetween(298, 302);
    }
  }
}
