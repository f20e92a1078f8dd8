package dev.cairn.service.collection;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.service.GarbageCollection.Gone;
import dev.cairn.service.GarbageCollection.Kind;
import dev.cairn.service.Metrics;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows whose bytes are not here, because a disk lost them or somebody deleted a file. Records and
 * contexts that need them are dropped, for they can be made again. A name is kept and told of:
 * pushing the blob again makes it whole.
 */
final class LostBytes {
  private static final Logger LOG = LoggerFactory.getLogger(LostBytes.class);
  private static final String REASON = "bytes that it needs are lost";

  private final BlobStore blobs;
  private final Set<Digest> present;

  /**
   * @param present blobs that a listing showed; what came later may be missing in it
   */
  LostBytes(BlobStore blobs, Set<Digest> present) {
    this.blobs = blobs;
    this.present = present;
  }

  /**
   * What is not here.
   *
   * @param ofRecords needed by cache records
   * @param ofPacks needed by contexts
   * @param ofImages needed by manifests
   */
  record Lost(Set<Digest> ofRecords, Set<Digest> ofPacks, Set<Digest> ofImages) {}

  Lost find(Session session) throws SQLException {
    return new Lost(
        lost(session, "SELECT DISTINCT digest FROM record_blob"),
        lost(session, "SELECT digest FROM pack UNION SELECT digest FROM pack_part"),
        lost(session, "SELECT digest FROM manifest UNION SELECT digest FROM manifest_blob"));
  }

  List<Gone> drop(Session session, Lost lost) throws SQLException {
    var records = new HashSet<Named>();
    for (Digest digest : lost.ofRecords()) {
      records.addAll(
          session.all(
              """
              SELECT r.id, r.scope FROM cache_record r JOIN record_blob b ON b.record = r.id
              WHERE b.digest = ?
              """,
              row -> new Named(row.text("id"), RowSweep.owner(row.text("scope"))),
              digest));
    }
    for (Named each : records) {
      RowSweep.dropRecord(session, each.name());
    }
    var packs = new HashSet<Named>();
    for (Digest digest : lost.ofPacks()) {
      packs.addAll(
          session.all(
              """
              SELECT digest, tenant FROM pack WHERE digest = ?
                OR digest IN (SELECT pack FROM pack_part WHERE digest = ?)
              """,
              row -> new Named(row.text("digest"), row.text("tenant")),
              digest,
              digest));
    }
    for (Named each : packs) {
      RowSweep.dropPack(session, each.tenant(), each.name());
    }
    var gone = new ArrayList<>(Named.counted(List.copyOf(records), Kind.RECORD, REASON));
    gone.addAll(Named.counted(List.copyOf(packs), Kind.PACK, REASON));
    return gone;
  }

  /** Tells the operator what only a push can make whole. */
  static void tell(Lost lost, Metrics metrics) {
    metrics.record(Metrics.Measure.BLOBS_LOST, lost.ofImages().size());
    if (!lost.ofImages().isEmpty()) {
      LOG.error(
          "images need {} blobs that are lost, among them {}",
          lost.ofImages().size(),
          some(lost.ofImages()));
    }
  }

  private static List<Digest> some(Set<Digest> digests) {
    return digests.stream().sorted().limit(3).toList();
  }

  private Set<Digest> lost(Session session, String sql) throws SQLException {
    var lost = new HashSet<Digest>();
    for (Digest digest : session.all(sql, LostBytes::digest)) {
      if (!present.contains(digest) && !isHere(digest)) {
        lost.add(digest);
      }
    }
    return lost;
  }

  private static Digest digest(Row row) throws SQLException {
    return Digest.parse(row.text("digest"));
  }

  private boolean isHere(Digest digest) {
    try {
      return blobs.has(digest);
    } catch (IOException e) {
      throw new UncheckedIOException("the blob store cannot be read", e);
    }
  }
}
