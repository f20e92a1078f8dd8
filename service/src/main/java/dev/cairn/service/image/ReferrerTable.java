package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.service.Page;
import dev.cairn.service.Referrers;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Referrers as rows. Their annotations stand in the manifests, so a page reads those, one after
 * another, until it is long enough.
 */
public final class ReferrerTable implements Referrers {
  private static final int MOST = 100;
  private static final long MOST_BYTES = 2 << 20;

  private final Store store;
  private final ManifestFiles files;

  /** Referrers in this store. */
  public ReferrerTable(Store store, BlobStore blobs) {
    this.store = store;
    this.files = new ManifestFiles(blobs);
  }

  private record Found(
      MediaType mediaType, Digest digest, long size, Optional<String> artifactType) {
    static Found of(Row row) throws SQLException {
      return new Found(
          new MediaType(row.text("media_type")),
          Digest.parse(row.text("digest")),
          row.number("size"),
          row.optionalText("artifact_type"));
    }
  }

  @Override
  public Page<Descriptor> referrers(
      TenantId tenant,
      RepositoryName repository,
      Digest subject,
      Optional<String> artifactType,
      Optional<Digest> after) {
    List<Found> found =
        store.read(session ->
            session.all(
                """
                SELECT m.digest, m.media_type, m.size, r.artifact_type
                FROM referrer r JOIN manifest m
                  ON m.tenant = r.tenant AND m.repository = r.repository AND m.digest = r.digest
                WHERE r.tenant = ? AND r.repository = ? AND r.subject = ? AND r.digest > ?
                  AND (? = '' OR r.artifact_type = ?)
                ORDER BY r.digest LIMIT ?
                """,
                Found::of,
                tenant,
                repository,
                subject,
                after.map(Digest::toString).orElse(""),
                artifactType.orElse(""),
                artifactType.orElse(""),
                MOST + 1));
    List<Descriptor> page = new ArrayList<>();
    long bytes = 0;
    for (Found one : found) {
      if (page.size() == MOST || (bytes > 0 && bytes + one.size() > MOST_BYTES)) {
        return new Page<>(page, Optional.of(page.getLast().digest().toString()));
      }
      bytes += one.size();
      page.add(describe(one));
    }
    return new Page<>(page, Optional.empty());
  }

  private Descriptor describe(Found found) {
    var document =
        ManifestDocument.parse(files.read(found.digest()), Optional.of(found.mediaType()));
    return new Descriptor(
        found.mediaType(),
        found.digest(),
        found.size(),
        document.annotations(),
        Optional.empty(),
        found.artifactType());
  }
}
