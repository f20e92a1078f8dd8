package dev.cairn.service.mirror;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Index;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.ManifestDocument;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.registry.FetchedManifest;
import dev.cairn.service.Mirrors.Place;
import dev.cairn.service.image.BlobRights;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known of mirrored repositories, in the database. */
final class MirrorRows {
  private final Store store;
  private final Clock clock;

  MirrorRows(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * A manifest as it was fetched.
   *
   * @param checkedAt when the registry said last that it is the one of its tag
   */
  record Known(Digest digest, MediaType mediaType, long size, Instant checkedAt) {}

  /** The owner of a mirror's leases. */
  static String owner(Place place) {
    return "mirror:" + place.mirror();
  }

  /** A manifest that everybody may have and that is held from now on. */
  Optional<Known> manifest(Place place, String reference, Duration kept) {
    return store.writeRelaxed(session -> {
      Optional<Known> known =
          session.one(
              """
              SELECT * FROM mirror_manifest WHERE mirror = ? AND repository = ? AND reference = ?
              """,
              row ->
                  new Known(
                      Digest.parse(row.text("digest")),
                      new MediaType(row.text("media_type")),
                      row.number("size"),
                      row.time("checked_at")),
              place.mirror(),
              place.repository(),
              reference);
      if (known.isEmpty() || !held(session, place, known.get().digest(), kept)) {
        return Optional.empty();
      }
      session.update(
          """
          UPDATE mirror_manifest SET used_at = ?
          WHERE mirror = ? AND repository = ? AND reference = ?
          """,
          clock.instant(),
          place.mirror(),
          place.repository(),
          reference);
      return known;
    });
  }

  /** Whether everybody may have the blob; held from now on. Its bytes are looked for afterwards. */
  boolean hold(Place place, Digest digest, Duration kept) {
    return store.writeRelaxed(session -> held(session, place, digest, kept));
  }

  private boolean held(Session session, Place place, Digest digest, Duration kept)
      throws SQLException {
    return BlobRights.isPublic(session, digest)
        && BlobRights.lease(session, owner(place), digest, clock.instant(), kept);
  }

  /** Before bytes are stored, so that collection cannot take them in between. */
  void arriving(Place place, Digest digest, Duration kept) {
    store.change(session -> BlobRights.lease(session, owner(place), digest, clock.instant(), kept));
  }

  /** Bytes that the registry gave to everybody are here. */
  void arrived(Place place, Digest digest, Duration kept) {
    store.change(session -> arrived(session, place, digest, kept));
  }

  private void arrived(Session session, Place place, Digest digest, Duration kept)
      throws SQLException {
    BlobRights.arrived(session, owner(place), digest, clock.instant(), kept);
    BlobRights.grantPublic(session, List.of(digest), clock.instant());
  }

  /** A manifest is here; it names these blobs. */
  void store(Place place, String reference, FetchedManifest manifest, Duration kept) {
    Descriptor itself = manifest.descriptor();
    store.change(session -> {
      arrived(session, place, itself.digest(), kept);
      insert(session, place, reference, itself);
      insert(session, place, itself.digest().toString(), itself);
      session.updateEach(
          """
          INSERT INTO mirror_blob (mirror, repository, digest, size) VALUES (?, ?, ?, ?)
          ON CONFLICT DO NOTHING
          """,
          blobs(manifest.document()).stream()
              .map(blob -> List.of(place.mirror(), place.repository(), blob.digest(), blob.size()))
              .toList());
    });
  }

  private void insert(Session session, Place place, String reference, Descriptor manifest)
      throws SQLException {
    session.update(
        """
        INSERT INTO mirror_manifest
          (mirror, repository, reference, digest, media_type, size, checked_at, used_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (mirror, repository, reference) DO UPDATE SET digest = excluded.digest,
          media_type = excluded.media_type, size = excluded.size,
          checked_at = excluded.checked_at, used_at = excluded.used_at
        """,
        place.mirror(),
        place.repository(),
        reference,
        manifest.digest(),
        manifest.mediaType(),
        manifest.size(),
        clock.instant(),
        clock.instant());
  }

  private static List<Descriptor> blobs(ManifestDocument document) {
    return switch (document) {
      case Manifest manifest -> {
        var all = new ArrayList<>(manifest.layers());
        all.add(manifest.config());
        yield all;
      }
      case Index _ -> List.of();
    };
  }

  /** The registry said again that the tag means this manifest. */
  void checked(Place place, String reference) {
    store.changeRelaxed(session ->
        session.update(
            """
            UPDATE mirror_manifest SET checked_at = ?
            WHERE mirror = ? AND repository = ? AND reference = ?
            """,
            clock.instant(),
            place.mirror(),
            place.repository(),
            reference));
  }

  /** The registry does not give this to everybody any more. */
  void forget(Place place, String reference) {
    store.change(session ->
        session.update(
            "DELETE FROM mirror_manifest WHERE mirror = ? AND repository = ? AND reference = ?",
            place.mirror(),
            place.repository(),
            reference));
  }

  /** The size of a blob that a manifest of the place names. */
  Optional<Long> size(Place place, Digest digest) {
    return store.read(session ->
        session.one(
            "SELECT size FROM mirror_blob WHERE mirror = ? AND repository = ? AND digest = ?",
            row -> row.number("size"),
            place.mirror(),
            place.repository(),
            digest));
  }

  /** Forgets what was not used for so long; its bytes go with their leases. */
  void sweep(String mirror, Duration kept) {
    store.change(session -> {
      session.update(
          "DELETE FROM mirror_manifest WHERE mirror = ? AND used_at < ?",
          mirror,
          clock.instant().minus(kept));
      session.update(
          """
          DELETE FROM mirror_blob WHERE mirror = ? AND NOT EXISTS
            (SELECT 1 FROM mirror_manifest m
             WHERE m.mirror = mirror_blob.mirror AND m.repository = mirror_blob.repository)
          """,
          mirror);
    });
  }
}
