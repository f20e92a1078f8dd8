package dev.cairn.content.blob;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Removes blobs that nothing reaches: mark all roots, then sweep what is older than the grace
 * period and asks once more inside the deleting transaction. The row goes first, then the file, so
 * a crash leaves only files without rows, which the next run finds.
 */
public final class BlobCollector {
  /** Blobs per transaction. */
  private static final int BATCH = 100;

  private final BlobStore store;
  private final Leases leases;
  private final Duration grace;
  private final Clock clock;

  /**
   * A collector of this store.
   *
   * @param grace how old a blob must be before it may go; an hour covers every gap between a file
   *     and its row
   */
  public BlobCollector(BlobStore store, Leases leases, Duration grace, Clock clock) {
    this.store = store;
    this.leases = leases;
    this.grace = grace;
    this.clock = clock;
  }

  /**
   * One run.
   *
   * @param roots everything that tags, records, packs and leases reach, asked for after the
   *     listing; it is told what the listing showed
   * @param removed told of each blob that went, and whose it was
   */
  public Collected collect(
      Function<Set<Digest>, Set<Digest>> roots, BiConsumer<BlobStore.Listed, String> removed)
      throws IOException {
    Instant before = clock.instant().minus(grace);
    var all = new HashMap<Digest, BlobStore.Listed>();
    store.list(blob -> {
      all.put(blob.digest(), blob);
      return true;
    });
    Set<Digest> reached = roots.apply(Collections.unmodifiableSet(all.keySet()));
    var candidates = new ArrayList<Digest>();
    var storedAgain = new HashSet<Digest>();
    all.forEach((digest, blob) -> {
      if (blob.stored().isBefore(before) && !reached.contains(digest)) {
        candidates.add(digest);
      }
    });
    long count = 0;
    long bytes = 0;
    // What only a forgotten manifest names is free when the manifest is, in the next pass.
    for (boolean any = true; any && !candidates.isEmpty(); ) {
      any = false;
      for (int i = 0; i < candidates.size(); i += BATCH) {
        var batch = candidates.subList(i, Math.min(candidates.size(), i + BATCH));
        for (var gone : leases.forgetUnneeded(batch).entrySet()) {
          any = true;
          if (store.delete(gone.getKey(), before)) {
            count++;
            BlobStore.Listed blob = all.remove(gone.getKey());
            if (blob != null) {
              removed.accept(blob, gone.getValue());
              bytes += blob.size();
            }
          } else {
            // Somebody has stored it again.
            storedAgain.add(gone.getKey());
          }
        }
      }
      candidates.removeIf(digest -> !all.containsKey(digest) || storedAgain.contains(digest));
    }
    long keptBytes = all.values().stream().mapToLong(BlobStore.Listed::size).sum();
    return new Collected(all.size(), keptBytes, count, bytes);
  }

  /**
   * What a run did.
   *
   * @param kept blobs that stay
   * @param keptBytes they have
   * @param removed blobs that went
   * @param bytes they had
   */
  public record Collected(long kept, long keptBytes, long removed, long bytes) {}
}
