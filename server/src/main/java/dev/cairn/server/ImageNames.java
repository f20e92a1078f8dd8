package dev.cairn.server;

import dev.cairn.build.TenantId;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Reference;
import dev.cairn.service.NamedImages;
import dev.cairn.service.NamedImages.Name;
import dev.cairn.service.NamedImages.NamedImage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds images by what people type: the name alone, with our registry's host, or in the long
 * spelling of a public registry's name, {@code docker.io/library/debian:13}. All of it is looked
 * for among the tenant's own images and nowhere else.
 */
public final class ImageNames {
  private final NamedImages images;

  /** Among these images. */
  public ImageNames(NamedImages images) {
    this.images = images;
  }

  /**
   * The name under which an image from elsewhere is kept: short for public images, with the host
   * for others.
   *
   * @throws InvalidOciException if the path is too long for a repository of ours
   */
  public static Name kept(TenantId tenant, Reference source, Optional<String> ourHost) {
    return name(tenant, source.familiar(), ourHost);
  }

  /**
   * The name that a text means if nothing of that name is here yet.
   *
   * @throws InvalidOciException if it is no image reference
   */
  public static Name name(TenantId tenant, String typed, Optional<String> ourHost) {
    var named = RepositoryNames.own(tenant, typed, ourHost);
    return new Name(
        named.repository(),
        Reference.parse(typed).digest().map(Object::toString).orElse(named.tag().value()));
  }

  /**
   * The tenant's image that a text names.
   *
   * @param hosts under which our registry is known to the caller
   */
  public Optional<NamedImage> find(TenantId tenant, String typed, Set<String> hosts) {
    for (Name name : candidates(tenant, typed, hosts)) {
      Optional<NamedImage> found = images.find(tenant, name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Set<Name> candidates(TenantId tenant, String typed, Set<String> hosts) {
    Set<Name> names = new LinkedHashSet<>();
    try {
      if (typed.startsWith("sha256:")) {
        images.byDigest(tenant, dev.cairn.oci.Digest.parse(typed)).ifPresent(names::add);
        return names;
      }
      String familiar = Reference.parse(typed).familiar();
      for (String spelling : List.of(typed, familiar)) {
        hosts.forEach(host -> names.add(name(tenant, spelling, Optional.of(host))));
        names.add(name(tenant, spelling, Optional.empty()));
      }
    } catch (InvalidOciException e) {
      // What is no reference names nothing.
      return names;
    }
    return names;
  }
}
