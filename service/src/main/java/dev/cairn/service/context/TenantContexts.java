package dev.cairn.service.context;

import dev.cairn.build.Source;
import dev.cairn.build.TenantId;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.ContentException;
import dev.cairn.content.FileTree;
import dev.cairn.content.LimitExceededException;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.content.pack.ContextManifest;
import dev.cairn.content.pack.ContextPack;
import dev.cairn.content.pack.ContextPacks;
import dev.cairn.content.pack.KnownContents;
import dev.cairn.content.pack.PackIndex;
import dev.cairn.oci.Digest;
import dev.cairn.service.Blobs;
import dev.cairn.service.Contexts;
import dev.cairn.service.ServiceException;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.image.BlobRights;
import dev.cairn.service.store.Store;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Contexts as packs of the blob store. A tenant's right to a file is its right to a pack that holds
 * it, so there is no row per file; the packs used last are searched.
 */
public final class TenantContexts implements Contexts {
  private static final int PACKS_SEARCHED = 8;

  private final Store store;
  private final AuditLog audit;
  private final BlobStore blobs;
  private final Blobs own;
  private final ContextPacks packs;
  private final ArchiveLimits limits;
  private final DiskReserve disk;
  private final Clock clock;
  private final Duration held;

  /**
   * Contexts with these limits.
   *
   * @param held how long what is searched or was brought just now is sure to stay
   */
  public TenantContexts(
      Store store,
      AuditLog audit,
      BlobStore blobs,
      Blobs own,
      ArchiveLimits limits,
      DiskReserve disk,
      Clock clock,
      Duration held) {
    this.held = held;
    this.disk = disk;
    this.store = store;
    this.audit = audit;
    this.blobs = blobs;
    this.own = own;
    this.packs = new ContextPacks(blobs, limits);
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public Answer offer(TenantId tenant, Offer offer) {
    disk.requireReserve();
    try {
      List<Digest> absent =
          offer.blocks().stream().filter(block -> own.size(tenant, block).isEmpty()).toList();
      if (!absent.isEmpty()) {
        return new Answer.Missing(absent, List.of());
      }
      var entries = new ArrayList<ContextManifest.Entry>();
      for (Digest block : offer.blocks()) {
        if (own.size(tenant, block).orElse(0L) > ManifestBlocks.MOST_BYTES) {
          throw ServiceException.of(
              ServiceException.Kind.TOO_LARGE,
              "block-too-large",
              "blocks: " + block + " has more than " + ManifestBlocks.MOST_BYTES + " bytes",
              "write the list in smaller blocks");
        }
        try (var in = own.open(tenant, block, 0)) {
          ManifestBlocks.read(in, block, entries, limits.entries());
        }
      }
      var manifest = new ContextManifest(entries);
      var indexes = new ArrayList<PackIndex>();
      for (Digest bundle : offer.bundles()) {
        indexes.add(bundle(tenant, bundle));
      }
      indexes.addAll(earlier(tenant));
      var known = new KnownContents(blobs, indexes, digest -> own.size(tenant, digest).isPresent());
      Set<Digest> missing = packs.missing(manifest, known);
      if (!missing.isEmpty()) {
        return new Answer.Missing(List.of(), List.copyOf(missing));
      }
      try (ContextPack pack = packs.assemble(manifest, known)) {
        long bytes = keep(tenant, pack, true);
        return new Answer.Complete(new Source.Manifest(pack.id()), files(manifest), bytes);
      }
    } catch (LimitExceededException e) {
      throw tooLarge(e);
    } catch (ContentException e) {
      throw ServiceException.invalid(
          "context-invalid", String.valueOf(e.getMessage()), "correct the entry");
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private static long files(ContextManifest manifest) {
    return manifest.entries().stream().filter(entry -> entry.digest().isPresent()).count();
  }

  /** A bundle is read into a pack of its own, whose index knows its contents by digest. */
  private PackIndex bundle(TenantId tenant, Digest bundle) throws IOException {
    try (var in = own.open(tenant, bundle, 0);
        ContextPack pack = packs.read(in)) {
      keep(tenant, pack, false);
      return pack.index();
    }
  }

  /** The indexes of the packs used last, all their parts held. */
  private List<PackIndex> earlier(TenantId tenant) throws IOException {
    List<Digest> recent =
        store.write(session -> {
          BlobRights.needing(session);
          List<Digest> found =
              session.all(
                  "SELECT digest FROM pack WHERE tenant = ? ORDER BY used_at DESC LIMIT ?",
                  row -> Digest.parse(row.text("digest")),
                  tenant,
                  PACKS_SEARCHED);
          for (Digest pack : found) {
            session.update(
                """
                INSERT INTO lease (digest, owner, until)
                SELECT digest, ?, ? FROM (SELECT digest, pack FROM pack_part
                  UNION SELECT digest, digest AS pack FROM pack WHERE tenant = ?) AS parts
                WHERE pack = ?
                ON CONFLICT (digest, owner) DO UPDATE SET until = excluded.until
                """,
                "context:" + tenant,
                clock.instant().plus(held),
                tenant,
                pack);
          }
          return found;
        });
    var indexes = new ArrayList<PackIndex>();
    for (Digest pack : recent) {
      if (blobs.has(pack)) {
        indexes.add(packs.index(pack));
      }
    }
    return indexes;
  }

  /** A bundle is a part of a context and no deed of its own. */
  private long keep(TenantId tenant, ContextPack pack, boolean whole) throws IOException {
    long bytes = 0;
    var seen = new HashSet<Digest>();
    for (Digest part : pack.index().parts()) {
      if (seen.add(part)) {
        bytes += blobs.size(part).orElse(0);
      }
    }
    long total = bytes;
    long files = pack.index().nodes().size();
    Store.Work<Boolean> rows =
        session -> {
          // They have just been stored, or are held since they were found.
          Instant now = clock.instant();
          BlobRights.arrived(session, "context:" + tenant, pack.id(), now, held);
          for (Digest part : seen) {
            BlobRights.arrived(session, "context:" + tenant, part, now, held);
          }
          session.update(
              """
              INSERT INTO pack (tenant, digest, bytes, files, created_at, used_at)
              VALUES (?, ?, ?, ?, ?, ?)
              ON CONFLICT (tenant, digest) DO UPDATE SET used_at = excluded.used_at
              """,
              tenant,
              pack.id(),
              total,
              files,
              clock.instant(),
              clock.instant());
          session.updateEach(
              "INSERT INTO pack_part (pack, digest) VALUES (?, ?) ON CONFLICT DO NOTHING",
              seen.stream().map(part -> List.of(pack.id(), part)).toList());
          return true;
        };
    if (whole) {
      audit.write(Deed.of(Action.CONTEXT_STORED, tenant, pack.id()), rows);
    } else {
      store.write(rows);
    }
    return bytes;
  }

  @Override
  public Source.Archive archive(TenantId tenant, InputStream bytes) {
    disk.requireReserve();
    try (var hashing = new HashingStream(disk.guard(bytes));
        ContextPack pack = packs.read(hashing)) {
      hashing.transferTo(java.io.OutputStream.nullOutputStream());
      keep(tenant, pack, true);
      return new Source.Archive(hashing.digest(), pack.id());
    } catch (LimitExceededException e) {
      throw tooLarge(e);
    } catch (ContentException e) {
      throw ServiceException.invalid(
          "archive-invalid", String.valueOf(e.getMessage()), "send a tar, plain or compressed");
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  /** Hashes what passes. */
  private static final class HashingStream extends FilterInputStream {
    private final Digest.Hasher hasher = Digest.newHasher();

    HashingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        hasher.update(value);
      }
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        hasher.update(bytes, offset, count);
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      return readNBytes((int) Math.min(count, 1 << 16)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    /** The stream belongs to the caller. */
    @Override
    public void close() {}

    Digest digest() {
      return hasher.finish();
    }
  }

  @Override
  public FileTree open(TenantId tenant, Digest pack) throws IOException {
    Optional<Boolean> known =
        store.read(session ->
            session.one(
                "SELECT 1 AS n FROM pack WHERE tenant = ? AND digest = ?",
                row -> true,
                tenant,
                pack));
    if (known.isEmpty()) {
      throw ServiceException.notFound("context");
    }
    return packs.open(pack);
  }

  private static ServiceException tooLarge(LimitExceededException e) {
    return ServiceException.of(
        ServiceException.Kind.TOO_LARGE,
        "context-too-large",
        String.valueOf(e.getMessage()),
        "exclude files by a .dockerignore");
  }

  private static ServiceException unavailable(IOException e) {
    if (DiskReserve.isFull(e)) {
      return DiskReserve.full();
    }
    return ServiceException.of(
        ServiceException.Kind.UNAVAILABLE,
        "context-broken",
        "the context could not be stored: " + e.getMessage(),
        "send it again");
  }
}
