package dev.cairn.app.server;

import dev.cairn.content.compress.LocalSegmentCache;
import dev.cairn.engine.NativeBuilder;
import dev.cairn.engine.disk.Freed;
import dev.cairn.service.GarbageCollection.Kind;
import dev.cairn.service.collection.LocalCache;
import java.io.IOException;
import java.util.List;

/** What the engine keeps on this machine to be faster, as collection sees it. */
final class LocalCaches {
  private LocalCaches() {}

  /** Trees, cache mounts and segments: the dearest to make again come last. */
  static List<LocalCache> of(NativeBuilder builder, LocalSegmentCache segments) {
    return List.of(
        cache(
            Kind.SEGMENT,
            (share, plan) -> {
              var trimmed = segments.trim(share, plan);
              return new Freed(trimmed.count(), trimmed.bytes());
            }),
        cache(Kind.TREE, builder::trimTrees),
        cache(Kind.CACHE_MOUNT, builder::trimCacheMounts));
  }

  private interface Trimming {
    Freed trim(double share, boolean plan) throws IOException;
  }

  private static LocalCache cache(Kind kind, Trimming trimming) {
    return new LocalCache() {
      @Override
      public Kind kind() {
        return kind;
      }

      @Override
      public LocalCache.Freed trim(double share, boolean plan) throws IOException {
        var freed = trimming.trim(share, plan);
        return new LocalCache.Freed(freed.count(), freed.bytes());
      }
    };
  }
}
