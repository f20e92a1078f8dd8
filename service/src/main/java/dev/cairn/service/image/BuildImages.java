package dev.cairn.service.image;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.FailureKind;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.Reference;
import dev.cairn.oci.Tag;
import dev.cairn.service.Images;
import dev.cairn.service.audit.Action;
import dev.cairn.service.audit.AuditLog;
import dev.cairn.service.audit.Deed;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings what a build made into our own registry. */
public final class BuildImages implements Registration {
  private final ManifestFiles files;
  private final AuditLog audit;
  private final Clock clock;
  private final Duration resultKept;

  /**
   * Images of builds.
   *
   * @param resultKept how long the blobs of a build are kept, also without a name
   */
  public BuildImages(BlobStore blobs, AuditLog audit, Clock clock, Duration resultKept) {
    this.audit = audit;
    this.files = new ManifestFiles(blobs);
    this.clock = clock;
    this.resultKept = resultKept;
  }

  @Override
  public Store.Change prepare(BuildJob job, BuildResult result) {
    var documents = new ArrayList<Known>();
    try {
      for (Descriptor descriptor : result.manifests()) {
        documents.add(known(descriptor));
      }
      if (!result.manifests().contains(result.image())) {
        documents.add(known(result.image()));
      }
    } catch (InvalidOciException e) {
      throw BuildException.of(FailureKind.INTERNAL, "result-invalid")
          .cause(e)
          .sentence("the builder made a manifest that cannot be read");
    }
    return session -> register(session, job, result, documents);
  }

  private record Known(Descriptor descriptor, ManifestLinks links) {}

  private Known known(Descriptor descriptor) {
    var document =
        ManifestDocument.parse(
            files.read(descriptor.digest()), Optional.of(descriptor.mediaType()));
    return new Known(descriptor, ManifestLinks.of(document));
  }

  private void register(Session session, BuildJob job, BuildResult result, List<Known> documents)
      throws SQLException {
    Instant now = clock.instant();
    BlobRights.grant(session, job.tenant(), result.blobs(), now);
    session.update("DELETE FROM lease WHERE owner = ?", "build:" + job.id());
    // The build's own leases held them up to here, so they are here.
    for (Digest blob : result.blobs()) {
      BlobRights.arrived(session, "result:" + job.id(), blob, now, resultKept);
    }
    for (String name : job.request().outputs().names()) {
      Reference reference = Reference.parse("own.invalid/" + name).orLatest();
      for (Known document : documents) {
        var descriptor = document.descriptor();
        ImageRows.insert(
            session,
            job.tenant(),
            reference.repository(),
            new Images.StoredManifest(
                descriptor.mediaType(), descriptor.digest(), descriptor.size(), now),
            document.links());
      }
      ImageRows.move(
          session,
          job.tenant(),
          reference.repository(),
          reference.tag().orElse(Tag.LATEST),
          result.image().digest(),
          now);
      audit.note(
          session,
          Deed.of(Action.IMAGE_TAGGED, job.tenant(), name + "@" + result.image().digest())
              .by("build:" + job.id()));
    }
  }
}
