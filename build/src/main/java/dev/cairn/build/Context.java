package dev.cairn.build;

import java.util.Map;
import java.util.TreeMap;

/**
 * A build context: a source, the folder in it that counts, and files laid over it.
 *
 * @param source where the files come from
 * @param subdirectory the folder of the source that is the context's root
 * @param added files put into the source, by path from the root of the <em>source</em>
 */
public record Context(
    Source source, RelativePath subdirectory, Map<RelativePath, SealedBytes> added) {

  public Context {
    var sorted = new TreeMap<RelativePath, SealedBytes>((a, b) -> a.value().compareTo(b.value()));
    sorted.putAll(added);
    added = java.util.Collections.unmodifiableMap(sorted);
  }

  /** The whole of {@code source}, nothing added. */
  public static Context of(Source source) {
    return new Context(source, RelativePath.ROOT, Map.of());
  }
}
