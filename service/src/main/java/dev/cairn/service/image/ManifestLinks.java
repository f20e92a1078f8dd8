package dev.cairn.service.image;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a manifest or index points to.
 *
 * @param children what it consists of
 * @param subject the manifest that it is about, which need not be here
 * @param artifactType the kind of artifact, as the list of referrers shows it (distribution
 *     specification, "Listing Referrers")
 */
record ManifestLinks(
    List<Digest> children, Optional<Digest> subject, Optional<String> artifactType) {

  ManifestLinks {
    children = List.copyOf(children);
  }

  static ManifestLinks of(ManifestDocument document) {
    Optional<Digest> subject = document.subject().map(Descriptor::digest);
    return switch (document) {
      case Manifest manifest -> {
        var digests = new ArrayList<Digest>();
        digests.add(manifest.config().digest());
        manifest.layers().stream().map(Descriptor::digest).forEach(digests::add);
        yield new ManifestLinks(
            digests,
            subject,
            manifest.artifactType().or(() -> Optional.of(manifest.config().mediaType().value())));
      }
      case Index index ->
          new ManifestLinks(
              index.manifests().stream().map(Descriptor::digest).toList(),
              subject,
              index.artifactType());
    };
  }
}
