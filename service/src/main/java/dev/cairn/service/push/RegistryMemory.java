package dev.cairn.service.push;

import dev.cairn.build.PushMemory;
import dev.cairn.build.TenantId;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.service.secret.SealingKey;
import dev.cairn.service.store.Store;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What pushes found out about registries, in the database and by tenant: what one tenant knows is
 * no hint for another, who may not even know that the repository exists.
 */
public final class RegistryMemory {
  /** So long a registry is believed not to have lost a blob; its answer to the manifest decides. */
  private static final Duration BELIEVED = Duration.ofMinutes(10);

  /** After that a registry has collected what nothing names, and dropped what was not finished. */
  private static final Duration KEPT = Duration.ofDays(30);

  private static final int MOST_PLACES = 4;

  private final Store store;
  private final SealingKey key;
  private final Clock clock;

  /** Memory in this store; the places of uploads are sealed under this key. */
  public RegistryMemory(Store store, SealingKey key, Clock clock) {
    this.store = store;
    this.key = key;
    this.clock = clock;
  }

  /** What the tenant's pushes know. */
  public PushMemory of(TenantId tenant) {
    return new OfTenant(tenant);
  }

  /** Drops what is too old to be of use. */
  void forgetOld() {
    store.changeRelaxed(session -> {
      session.update("DELETE FROM push_seen WHERE seen_at < ?", clock.instant().minus(KEPT));
      session.update("DELETE FROM push_upload WHERE at < ?", clock.instant().minus(KEPT));
    });
  }

  private final class OfTenant implements PushMemory {
    private final TenantId tenant;

    OfTenant(TenantId tenant) {
      this.tenant = tenant;
    }

    @Override
    public boolean seenLately(Reference repository, Digest blob) {
      return store.read(session ->
          session.exists(
              """
              SELECT 1 FROM push_seen
              WHERE tenant = ? AND host = ? AND digest = ? AND repository = ? AND seen_at > ?
              """,
              tenant,
              repository.registry(),
              blob,
              repository.repository(),
              clock.instant().minus(BELIEVED)));
    }

    @Override
    public List<RepositoryName> elsewhere(Reference repository, Digest blob) {
      return store.read(session ->
          session.all(
              """
              SELECT repository FROM push_seen
              WHERE tenant = ? AND host = ? AND digest = ? AND repository <> ?
              ORDER BY seen_at DESC LIMIT ?
              """,
              row -> new RepositoryName(row.text("repository")),
              tenant,
              repository.registry(),
              blob,
              repository.repository(),
              MOST_PLACES));
    }

    @Override
    public void seen(Reference repository, Digest blob) {
      store.changeRelaxed(session ->
          session.update(
              """
              INSERT INTO push_seen (tenant, host, digest, repository, seen_at)
              VALUES (?, ?, ?, ?, ?)
              ON CONFLICT (tenant, host, digest, repository)
                DO UPDATE SET seen_at = excluded.seen_at
              """,
              tenant,
              repository.registry(),
              blob,
              repository.repository(),
              clock.instant()));
    }

    @Override
    public void forget(Reference repository) {
      store.changeRelaxed(session ->
          session.update(
              "DELETE FROM push_seen WHERE tenant = ? AND host = ? AND repository = ?",
              tenant,
              repository.registry(),
              repository.repository()));
    }

    @Override
    public Optional<HttpUrl> upload(Reference repository, Digest blob) {
      Optional<byte[]> sealed =
          store.read(session ->
              session.one(
                  """
                  SELECT sealed FROM push_upload
                  WHERE tenant = ? AND host = ? AND repository = ? AND digest = ?
                  """,
                  row -> row.bytes("sealed"),
                  tenant,
                  repository.registry(),
                  repository.repository(),
                  blob));
      try {
        return sealed.isEmpty()
            ? Optional.empty()
            : Optional.of(
                HttpUrl.parse(
                    new String(
                        key.open(sealed.get(), place(repository, blob)), StandardCharsets.UTF_8)));
      } catch (SealingKey.BadSealException | IllegalArgumentException e) {
        // A hint that cannot be read is none.
        return Optional.empty();
      }
    }

    @Override
    public void uploading(Reference repository, Digest blob, HttpUrl location) {
      byte[] sealed =
          key.seal(location.toString().getBytes(StandardCharsets.UTF_8), place(repository, blob));
      store.changeRelaxed(session ->
          session.update(
              """
              INSERT INTO push_upload (tenant, host, repository, digest, sealed, at)
              VALUES (?, ?, ?, ?, ?, ?)
              ON CONFLICT (tenant, host, repository, digest)
                DO UPDATE SET sealed = excluded.sealed, at = excluded.at
              """,
              tenant,
              repository.registry(),
              repository.repository(),
              blob,
              sealed,
              clock.instant()));
    }

    @Override
    public void uploaded(Reference repository, Digest blob) {
      boolean known = upload(repository, blob).isPresent();
      if (known) {
        store.changeRelaxed(session ->
            session.update(
                """
                DELETE FROM push_upload
                WHERE tenant = ? AND host = ? AND repository = ? AND digest = ?
                """,
                tenant,
                repository.registry(),
                repository.repository(),
                blob));
      }
    }

    private String place(Reference repository, Digest blob) {
      return "push-upload/" + tenant + "/" + repository.name() + "/" + blob;
    }
  }
}
