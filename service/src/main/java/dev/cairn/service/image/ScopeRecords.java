package dev.cairn.service.image;

import dev.cairn.build.CacheScope;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps the cache records of a scope small. */
public final class ScopeRecords {
  private static final int AT_ONCE = 500;

  private final Store store;
  private final BlobStore blobs;

  /** Records in this store about these blobs. */
  public ScopeRecords(Store store, BlobStore blobs) {
    this.store = store;
    this.blobs = blobs;
  }

  /**
   * Forgets the records of a scope that were not used for the longest time until the blobs of the
   * rest take no more than this; 0 forgets all. Collection takes the bytes.
   *
   * @param most bytes; a blob that several records need counts once
   */
  public void keep(CacheScope scope, long most) throws IOException {
    List<String> gone = beyond(store.read(session -> newestFirst(session, scope)), most);
    for (int from = 0; from < gone.size(); from += AT_ONCE) {
      List<String> some = gone.subList(from, Math.min(gone.size(), from + AT_ONCE));
      store.changeRelaxed(session -> {
        for (String id : some) {
          RecordTable.delete(session, id);
        }
      });
    }
  }

  private static Map<String, List<Digest>> newestFirst(Session session, CacheScope scope)
      throws SQLException {
    Map<String, List<Digest>> records = new LinkedHashMap<>();
    session.all(
        """
        SELECT r.id, b.digest FROM cache_record r LEFT JOIN record_blob b ON b.record = r.id
        WHERE r.scope = ? ORDER BY r.used_at DESC, r.id
        """,
        row -> {
          List<Digest> blobs = records.computeIfAbsent(row.text("id"), _ -> new ArrayList<>());
          row.optionalText("digest").map(Digest::parse).ifPresent(blobs::add);
          return blobs;
        },
        scope);
    return records;
  }

  private List<String> beyond(Map<String, List<Digest>> newestFirst, long most) throws IOException {
    Set<Digest> counted = new HashSet<>();
    List<String> gone = new ArrayList<>();
    long sum = 0;
    for (var record : newestFirst.entrySet()) {
      for (Digest blob : record.getValue()) {
        if (counted.add(blob)) {
          sum += blobs.size(blob).orElse(0);
        }
      }
      if (sum > most || most == 0) {
        gone.add(record.getKey());
      }
    }
    return gone;
  }
}
