package dev.cairn.service.image;

import dev.cairn.build.TenantId;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.service.Images;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rights to what is pulled, and leases of it until the image has its name. */
public final class PulledBlobs {
  private static final Duration HELD = Duration.ofHours(3);

  private final Store store;
  private final Clock clock;

  /** Rights and leases in this store. */
  public PulledBlobs(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Keeps a blob for the pull if the tenant may have it already; false if not, or if it goes. */
  public boolean holdIfOwned(String pull, TenantId tenant, Digest blob) {
    return store.writeRelaxed(session ->
        BlobRights.has(session, tenant, blob)
            && BlobRights.lease(session, owner(pull), blob, clock.instant(), HELD));
  }

  /** Before a blob is stored, so that collection cannot take it in between. */
  public void hold(String pull, Digest blob) {
    store.changeRelaxed(
        session -> BlobRights.lease(session, owner(pull), blob, clock.instant(), HELD));
  }

  /** A blob has been stored. */
  public void arrived(String pull, Digest blob) {
    store.changeRelaxed(
        session -> BlobRights.arrived(session, owner(pull), blob, clock.instant(), HELD));
  }

  /** The pull has ended; what nothing else needs may go. */
  public void release(String pull) {
    store.changeRelaxed(session -> release(session, pull));
  }

  private static void release(Session session, String pull) throws SQLException {
    session.update("DELETE FROM lease WHERE owner = ?", owner(pull));
  }

  private static String owner(String pull) {
    return "pull:" + pull;
  }

  /**
   * Gives a pulled image its name, in the caller's transaction. If the registry gave it to the
   * tenant's login it is the tenant's alone; else everybody may have it.
   */
  public static void register(
      Session session,
      TenantId tenant,
      RepositoryName repository,
      Optional<Tag> tag,
      Image image,
      Instant now)
      throws SQLException {
    List<Digest> children = image.blobs().stream().map(Descriptor::digest).toList();
    BlobRights.needing(session);
    if (image.login()) {
      BlobRights.grant(session, tenant, children, now);
    } else {
      BlobRights.grantPublic(session, children, now);
    }
    Descriptor manifest = image.manifest();
    ImageRows.insert(
        session,
        tenant,
        repository,
        new Images.StoredManifest(manifest.mediaType(), manifest.digest(), manifest.size(), now),
        new ManifestLinks(children, Optional.empty(), Optional.empty()));
    if (tag.isPresent()) {
      ImageRows.move(session, tenant, repository, tag.get(), manifest.digest(), now);
    }
    release(session, image.pull());
  }

  /** An image whose blobs are all here, held by its pull. */
  public record Image(String pull, Descriptor manifest, List<Descriptor> blobs, boolean login) {
    public Image {
      blobs = List.copyOf(blobs);
    }
  }
}
