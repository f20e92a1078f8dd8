package dev.cairn.service;

import dev.cairn.build.Outputs;
import dev.cairn.build.TenantId;
import dev.cairn.oci.RepositoryName;
import java.util.Optional;

/**
 * Pushes of images to registries elsewhere. One that was accepted comes to a final state whatever
 * happens to us, and what is already there is not sent again.
 */
public interface Pushes {

  /**
   * What is asked.
   *
   * @param caller whose image it is
   * @param image how the caller named it, to be shown again
   * @param repository where the image is, relative to the tenant
   * @param manifest what is pushed
   * @param to where
   * @param login only for this push; without it the tenant's stored one is used, if there is one
   */
  record Request(
      Principal caller,
      String image,
      RepositoryName repository,
      Images.StoredManifest manifest,
      Outputs.Destination to,
      Optional<SentLogin> login) {}

  /**
   * A login that came with a request. The array is wiped by {@link #accept}.
   *
   * @param username empty if the password is an access token
   */
  @SuppressWarnings("ArrayRecordComponent") // wiped after use, never compared
  record SentLogin(String username, byte[] password) {
    @Override
    public String toString() {
      return "***";
    }
  }

  /** The push, and whether it is new; if not, the same one was under way. */
  record Accepted(Push push, boolean created) {}

  /**
   * Takes a push on.
   *
   * @throws ServiceException of kind {@code INVALID} if the target is not allowed, {@code
   *     NOT_FOUND} if the image is gone, {@code CONFLICT} (code {@code credential-conflict}) if the
   *     same push is under way with another login, {@code QUOTA}, {@code UNAVAILABLE} while
   *     shutting down
   */
  Accepted accept(Request request);

  /** The push as it stands. */
  Optional<Push> get(TenantId tenant, PushId id);

  /** Pushes, newest first, behind {@code after}. */
  Page<Push> list(TenantId tenant, Optional<String> after, int most);

  /** Asks that a push stops. What it has sent stays where it is. */
  Builds.Cancellation cancel(TenantId tenant, PushId id);
}
