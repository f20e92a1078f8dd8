package dev.cairn.content.blob;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Removes blobs that nothing reaches: mark all roots, then sweep what is older than the grace
 * period and asks once more inside the deleting transaction. The row goes first, then the file, so
 * a crash leaves only files without rows, which the next run finds.
 */
public final class BlobCollector {

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
   * @param roots everything that tags, records, packs and leases reach, asked for after the listing
   *     began
   */
  public Collected collect(Supplier<Set<Digest>> roots) throws IOException {
    Instant before = clock.instant().minus(grace);
    var old = new ArrayList<BlobStore.Listed>();
    long[] kept = {0};
    store.list(blob -> {
      if (blob.stored().isBefore(before)) {
        old.add(blob);
      } else {
        kept[0]++;
      }
      return true;
    });
    Set<Digest> reached = roots.get();
    long removed = 0;
    long bytes = 0;
    for (var blob : old) {
      if (!reached.contains(blob.digest())
          && leases.forgetUnlessNeeded(blob.digest())
          && store.delete(blob.digest(), before)) {
        removed++;
        bytes += blob.size();
      } else {
        kept[0]++;
      }
    }
    return new Collected(kept[0], removed, bytes);
  }

  /**
   * What a run did.
   *
   * @param kept blobs that stay
   * @param removed blobs that went
   * @param bytes they had
   */
  public record Collected(long kept, long removed, long bytes) {}
}
