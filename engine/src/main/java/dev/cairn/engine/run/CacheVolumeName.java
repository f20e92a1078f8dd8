package dev.cairn.engine.run;

import dev.cairn.build.BuildJob;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.dockerfile.Mount;
import dev.cairn.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The identity of a cache volume: scope, name space, id, and how a new one looks. The scope alone
 * makes the beginning, so that the volumes of a scope can be found.
 */
final class CacheVolumeName {

  private static final int SCOPE_DIGITS = 24;
  private static final int DIGITS = 64;

  private CacheVolumeName() {}

  /** What the names of all volumes of a scope begin with, and those of no other scope. */
  static String prefix(CacheScope scope) {
    return Digest.sha256(scope.toString().getBytes(StandardCharsets.UTF_8))
        .hex()
        .substring(0, SCOPE_DIGITS);
  }

  /**
   * The volume's name: hexadecimal, so that no text of a request becomes a path; empty if the build
   * writes no scope and therefore keeps nothing. Volumes never cross scopes, and a shared scope has
   * none: its readers must not write it.
   */
  static String of(BuildJob job, Mount.Cache cache) {
    CacheOptions options = job.request().cache();
    Optional<CacheScope> scope = options.written();
    if (scope.isEmpty()) {
      return "";
    }
    CacheScope own = scope.get().isShared() ? CacheScope.of(job.tenant(), "default") : scope.get();
    var hasher = Digest.newHasher();
    for (String field :
        List.of(
            own.toString(),
            options.mountNamespace().orElse(""),
            cache.id(),
            cache.owner().toString(),
            cache.from().orElse(""),
            cache.source())) {
      byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
      hasher.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII)).update(bytes);
    }
    return prefix(own) + hasher.finish().hex().substring(0, DIGITS - SCOPE_DIGITS);
  }
}
