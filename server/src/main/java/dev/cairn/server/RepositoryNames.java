package dev.cairn.server;

import dev.cairn.build.TenantId;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RegistryHost;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import java.util.Optional;

/**
 * How repositories are named from outside. Canonical is {@code <tenant>/<path>}; a path without the
 * tenant means the caller's own, so a foreign tenant's path leads into the caller's own
 * repositories and is as unknown there as any other.
 */
public final class RepositoryNames {
  private static final String OFFICIAL = "library/";

  private RepositoryNames() {}

  /**
   * The repository relative to the tenant.
   *
   * @throws InvalidOciException if the path is not a repository name
   */
  public static RepositoryName relative(TenantId tenant, String path) {
    String prefix = tenant.value() + "/";
    return new RepositoryName(path.startsWith(prefix) ? path.substring(prefix.length()) : path);
  }

  /**
   * The name in our own registry for an image name as a user types it. A short name is itself; of a
   * name with our own registry's host the host is dropped; another registry's host stays as the
   * path's beginning, so that equal paths of two hosts never meet.
   *
   * @throws InvalidOciException if it is not an image reference
   */
  public static Named own(TenantId tenant, String typed, Optional<String> ourHost) {
    var reference = Reference.parse(typed);
    String path = reference.repository().value();
    String host = reference.registry().toString();
    if (reference.registry().equals(RegistryHost.DOCKER_HUB)) {
      path =
          path.startsWith(OFFICIAL) && !typed.contains(OFFICIAL)
              ? path.substring(OFFICIAL.length())
              : path;
    } else if (ourHost.filter(host::equals).isEmpty()) {
      path = host.replace(':', '-').replaceAll("[\\[\\]]", "") + "/" + path;
    }
    return new Named(relative(tenant, path), reference.tag().orElse(Tag.LATEST));
  }

  /** A repository relative to its tenant, and a tag. */
  public record Named(RepositoryName repository, Tag tag) {
    /** As the model spells it: {@code repository:tag}. */
    @Override
    public String toString() {
      return repository + ":" + tag;
    }
  }
}
