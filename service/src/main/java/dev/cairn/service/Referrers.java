package dev.cairn.service;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import java.util.Optional;

/** The manifests that are about another one: signatures, provenance, lists of parts. */
public interface Referrers {

  /**
   * Those of a repository, in the order of their digests, with their annotations. A page has a
   * hundred at most, fewer if their annotations are long.
   *
   * @param subject what they are about; need not be there
   * @param artifactType only those of this kind, if it is named
   * @param after the digest that the page before ended with
   */
  Page<Descriptor> referrers(
      TenantId tenant,
      RepositoryName repository,
      Digest subject,
      Optional<String> artifactType,
      Optional<Digest> after);
}
