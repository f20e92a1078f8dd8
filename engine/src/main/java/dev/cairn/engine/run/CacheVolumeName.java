package dev.cairn.engine.run;

import dev.cairn.build.BuildJob;
import dev.cairn.build.CacheOptions;
import dev.cairn.build.CacheScope;
import dev.cairn.dockerfile.Mount;
import dev.cairn.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The identity of a cache volume: scope, name space, id, and how a new one looks. */
final class CacheVolumeName {

  private CacheVolumeName() {}

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
    return hasher.finish().hex();
  }
}
