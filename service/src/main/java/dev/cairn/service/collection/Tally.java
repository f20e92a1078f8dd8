package dev.cairn.service.collection;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.service.GarbageCollection.Gone;
import dev.cairn.service.GarbageCollection.Kind;
import dev.cairn.service.GarbageCollection.Progress;
import dev.cairn.service.GarbageCollection.Report;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Adds up what goes, and tells how far it is. */
final class Tally {
  private static final String UNREACHED =
      "no image, build, context, cache record or lease needs it";
  private static final int EVERY = 100;

  private final Consumer<Progress> listener;
  private final Map<Key, Amount> amounts = new LinkedHashMap<>();
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private long bytes;
  private long kept;
  private long keptBytes;

  private record Key(Kind kind, String tenant, String reason) {}

  private record Amount(long count, long bytes) {
    Amount plus(Amount other) {
      return new Amount(count + other.count, bytes + other.bytes);
    }
  }

  Tally(Consumer<Progress> listener) {
    this.listener = listener;
  }

  void add(List<Gone> gone) {
    for (Gone each : gone) {
      long count = count(each);
      listener.accept(new Progress(each.kind(), count, bytes));
    }
  }

  private long count(Gone gone) {
    amounts.merge(
        new Key(gone.kind(), gone.tenant(), gone.reason()),
        new Amount(gone.count(), gone.bytes()),
        Amount::plus);
    bytes += gone.bytes();
    return counts.merge(gone.kind(), gone.count(), Long::sum);
  }

  /** A blob went. */
  void blob(BlobStore.Listed blob, String tenant) {
    long count = count(new Gone(Kind.BLOB, tenant, UNREACHED, 1, blob.size()));
    if (count % EVERY == 0) {
      listener.accept(new Progress(Kind.BLOB, count, bytes));
    }
  }

  /** So many blobs stay; of several looks the last counts, of several parts of one the sum. */
  void kept(long count, long size) {
    kept += count;
    keptBytes += size;
  }

  /** Another look at all blobs begins. */
  void lookAgain() {
    kept = 0;
    keptBytes = 0;
  }

  Report report(boolean plan) {
    List<Gone> gone =
        amounts.entrySet().stream()
            .map(each ->
                new Gone(
                    each.getKey().kind(),
                    each.getKey().tenant(),
                    each.getKey().reason(),
                    each.getValue().count(),
                    each.getValue().bytes()))
            .sorted(java.util.Comparator.comparing(Gone::kind).thenComparing(Gone::tenant))
            .toList();
    return new Report(plan, gone, kept, keptBytes);
  }
}
