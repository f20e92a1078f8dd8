package dev.cairn.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.TenantId;
import dev.cairn.service.Metrics;
import dev.cairn.service.Right;
import dev.cairn.service.audit.AuditFiles;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.RefusedLogins;
import dev.cairn.service.store.SqliteStore;
import dev.cairn.service.store.Store;
import dev.cairn.service.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTableTest {
  private static final TenantId TENANT = new TenantId("acme");

  @TempDir Path directory;

  @Test
  void knowsATokenThoughTheDatabaseCannotBeWritten() {
    try (var store = new SqliteStore(directory.resolve("db"), true, Metrics.NONE)) {
      store.change(session ->
          session.update(
              """
              INSERT INTO tenant (id, queued, running, weight, uploads, upload_bytes, secrets, created_at)
              VALUES (?, 1, 1, 1, 1, 1, 1, 0)
              """,
              TENANT));
      var clock = Clock.systemUTC();
      String token =
          tokens(store, clock).issue(TENANT, "", Set.of(Right.BUILD_READ), Optional.empty()).text();
      var full = tokens(new FullStore(store), clock);
      assertThat(full.authenticate(token))
          .hasValueSatisfying(principal -> assertThat(principal.tenant()).isEqualTo(TENANT));
    }
  }

  private TokenTable tokens(Store store, Clock clock) {
    try {
      var audit = new AuditLog(store, new AuditFiles(directory), clock);
      return new TokenTable(
          store,
          audit,
          new RefusedLogins(audit, clock),
          Optional.empty(),
          new ExchangedTokens(new NoSeal(), clock),
          clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tokens of the registry are not asked for here. */
  private static final class NoSeal implements ExchangedTokens.Seal {
    @Override
    public byte[] close(byte[] plain) {
      return plain;
    }

    @Override
    public Optional<byte[]> open(byte[] sealed) {
      return Optional.empty();
    }
  }

  private record FullStore(Store readable) implements Store {
    @Override
    public <T> T read(Work<T> work) {
      return readable.read(work);
    }

    @Override
    public <T> T write(Work<T> work) {
      throw new StoreException("the disk is full", new IllegalStateException());
    }

    @Override
    public <T> T writeRelaxed(Work<T> work) {
      return write(work);
    }

    @Override
    public boolean exclusive() {
      return true;
    }

    @Override
    public void close() {}
  }
}
