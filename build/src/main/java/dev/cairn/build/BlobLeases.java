package dev.cairn.build;

import dev.cairn.oci.Digest;
import java.util.Collection;

/** Keeps what a build works with from being collected, and records its tenant's right to it. */
public interface BlobLeases {

  /** Keeps these blobs for as long as the build runs. */
  void lease(BuildId build, Collection<Digest> blobs);

  /**
   * The tenant has the right to these bytes: it made them, or a registry gave them to its own
   * credentials.
   */
  void grant(TenantId tenant, Collection<Digest> blobs);

  /** Everybody may have these bytes: they were pulled without credentials from a public place. */
  void grantPublic(Collection<Digest> blobs);
}
