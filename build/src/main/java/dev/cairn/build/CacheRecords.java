package dev.cairn.build;

import dev.cairn.oci.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The memory of finished steps and builds, by scope. The store knows a record's identity and what
 * keeps it alive; what it says ({@code body}) is the builder's own.
 */
public interface CacheRecords {

  /**
   * One record.
   *
   * @param scope whose it is
   * @param kind what the key is: a step's recipe key, its content key, a whole build, …
   * @param key the key
   * @param step names the same step across changes of its inputs, for "why was it not cached": the
   *     nearest earlier record is found by it
   * @param body what the builder wrote, JSON; at most 1 MiB
   * @param blobs the blobs without which the record is worth nothing
   * @param createdAt when it was written
   */
  record CacheRecord(
      CacheScope scope,
      String kind,
      Digest key,
      String step,
      String body,
      Set<Digest> blobs,
      Instant createdAt) {
    public CacheRecord {
      blobs = Set.copyOf(blobs);
    }
  }

  /**
   * The first record with the key in the order of the scopes. In the same transaction all its blobs
   * are leased to the build, so what was found cannot be collected while it is used; a record that
   * has lost a blob is dropped and not returned.
   */
  Optional<CacheRecord> find(BuildId leaseTo, List<CacheScope> scopes, String kind, Digest key);

  /** The newest record of the same step in these scopes, to explain a miss. Nothing is leased. */
  Optional<CacheRecord> latest(List<CacheScope> scopes, String kind, String step);

  /**
   * Remembers records, all in one transaction; an older record of the same identity is replaced.
   */
  void write(List<CacheRecord> records);
}
