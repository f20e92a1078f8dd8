package dev.cairn.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a build uses earlier results.
 *
 * @param written the scope that new records go to; absent: none is kept
 * @param read scopes read, in order; the written one is read only if it stands here
 * @param reading whether earlier results may be taken at all
 * @param uncachedStages stages (lower-case names or numbers) that are run again in any case
 * @param imports caches to read from elsewhere, in BuildKit's notation {@code type=…,…}
 * @param exports caches to write elsewhere, in the same notation
 * @param mountNamespace separates the contents of cache mounts; absent for the scope's own
 * @param builder the tenant's named builder whose cache is used: its scope is written and read
 *     first, and its builds run one after another; the service fills both in when the build starts
 */
public record CacheOptions(
    Optional<CacheScope> written,
    List<CacheScope> read,
    boolean reading,
    Set<String> uncachedStages,
    List<String> imports,
    List<String> exports,
    Optional<String> mountNamespace,
    Optional<String> builder) {

  public CacheOptions {
    read = List.copyOf(read);
    uncachedStages = Set.copyOf(uncachedStages);
    imports = List.copyOf(imports);
    exports = List.copyOf(exports);
  }

  /** Without a named builder. */
  public CacheOptions(
      Optional<CacheScope> written,
      List<CacheScope> read,
      boolean reading,
      Set<String> uncachedStages,
      List<String> imports,
      List<String> exports,
      Optional<String> mountNamespace) {
    this(
        written, read, reading, uncachedStages, imports, exports, mountNamespace, Optional.empty());
  }

  /** The same on a named builder; what is written and read is filled in later. */
  public CacheOptions onBuilder(String id) {
    return new CacheOptions(
        Optional.empty(),
        read,
        reading,
        uncachedStages,
        imports,
        exports,
        mountNamespace,
        Optional.of(id));
  }

  /** The same, writing this scope and reading it first. */
  public CacheOptions writing(CacheScope scope) {
    List<CacheScope> all = new ArrayList<>();
    all.add(scope);
    all.addAll(read);
    return new CacheOptions(
        Optional.of(scope),
        all,
        reading,
        uncachedStages,
        imports,
        exports,
        mountNamespace,
        builder);
  }

  /** Reads and writes one scope. */
  public static CacheOptions of(CacheScope scope) {
    return new CacheOptions(
        Optional.of(scope), List.of(scope), true, Set.of(), List.of(), List.of(), Optional.empty());
  }
}
