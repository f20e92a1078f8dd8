package dev.cairn.app.server;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.BuildJob;
import dev.cairn.engine.base.LocalImages;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.server.RepositoryNames;
import dev.cairn.service.Images;
import java.util.Optional;
import java.util.Set;

/** The images of our own registry as bases: only those of the build's tenant. */
final class OwnImages implements LocalImages {
  private final Images images;
  private final BlobLeases leases;
  private final Set<String> hosts;

  /**
   * @param leases hold what was found for as long as the build runs, however late it reads it
   * @param hosts the names and ports under which this registry is known
   */
  OwnImages(Images images, BlobLeases leases, Set<String> hosts) {
    this.images = images;
    this.leases = leases;
    this.hosts = Set.copyOf(hosts);
  }

  @Override
  public Optional<Digest> find(BuildJob job, Reference reference) {
    if (!hosts.contains(reference.registry().toString())) {
      return Optional.empty();
    }
    RepositoryName repository =
        RepositoryNames.relative(job.tenant(), reference.repository().value());
    Reference whole = reference.orLatest();
    Optional<Images.StoredManifest> found =
        whole.digest().isPresent()
            ? images.resolve(job.tenant(), repository, whole.digest().get())
            : whole.tag().flatMap(tag -> images.resolve(job.tenant(), repository, tag));
    Optional<Digest> digest = found.map(Images.StoredManifest::digest);
    digest.ifPresent(each -> leases.lease(job.id(), Set.of(each)));
    return digest;
  }
}
