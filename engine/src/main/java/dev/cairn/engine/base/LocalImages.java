package dev.cairn.engine.base;

import dev.cairn.build.BuildJob;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import java.util.Optional;

/** The images of this server's own registry, for FROM without a connection to ourselves. */
@FunctionalInterface
public interface LocalImages {

  /** A server without a registry. */
  LocalImages NONE = (job, reference) -> Optional.empty();

  /**
   * The digest of the manifest or index that the reference names, if its host is ours, the
   * repository is the build's tenant's or public, and it exists. All its bytes are in the blob
   * store.
   *
   * @throws dev.cairn.build.BuildException if the host is ours but the tenant may not have the
   *     image
   */
  Optional<Digest> find(BuildJob job, Reference reference);
}
