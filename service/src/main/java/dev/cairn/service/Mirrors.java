package dev.cairn.service;

import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import java.io.InputStream;
import java.util.Optional;

/**
 * Other registries as seen through ours: what is pulled is fetched once and kept for a while. Only
 * what the other registry gives to everybody is here, so it may be given to every tenant.
 */
public interface Mirrors {

  /** A repository of a mirrored registry. */
  record Place(String mirror, RepositoryName repository) {}

  /** A manifest or index as the registry served it. */
  final class MirroredManifest {
    private final MediaType mediaType;
    private final Digest digest;
    private final byte[] bytes;
    private final boolean stale;

    /**
     * A manifest.
     *
     * @param stale whether the registry could not be asked whether it is still the current one
     */
    public MirroredManifest(MediaType mediaType, Digest digest, byte[] bytes, boolean stale) {
      this.mediaType = mediaType;
      this.digest = digest;
      this.bytes = bytes.clone();
      this.stale = stale;
    }

    /** Its type. */
    public MediaType mediaType() {
      return mediaType;
    }

    /** The digest of its bytes. */
    public Digest digest() {
      return digest;
    }

    /** A copy of the bytes, at most 4 MiB. */
    public byte[] bytes() {
      return bytes.clone();
    }

    /** Whether the registry could not be asked whether it is still the current one. */
    public boolean stale() {
      return stale;
    }
  }

  /**
   * The place that a path of the registry API names: its first component is the name of a mirror,
   * or the client says by {@code ns} which registry it means.
   */
  Optional<Place> find(String path, Optional<String> namespace);

  /**
   * The manifest under a tag.
   *
   * @throws ServiceException of kind {@code NOT_FOUND} if the registry does not give it to
   *     everybody, {@code UNAVAILABLE} if it cannot be asked and nothing is kept
   */
  MirroredManifest manifest(Place place, Tag tag);

  /** The manifest of this digest; see {@link #manifest(Place, Tag)}. */
  MirroredManifest manifest(Place place, Digest digest);

  /** The size of a blob, if a manifest of the place that was pulled here names it. */
  Optional<Long> size(Place place, Digest digest);

  /**
   * The bytes of a blob from an offset on, as they come if they are still on their way. The caller
   * closes the stream; it never gives the last bytes of something with another digest.
   *
   * @throws ServiceException of kind {@code NOT_FOUND} if no manifest of the place names it, {@code
   *     UNAVAILABLE} if it cannot be had
   */
  InputStream open(Place place, Digest digest, long offset) throws InterruptedException;

  /** No mirrors. */
  Mirrors NONE =
      new Mirrors() {
        @Override
        public Optional<Place> find(String path, Optional<String> namespace) {
          return Optional.empty();
        }

        @Override
        public MirroredManifest manifest(Place place, Tag tag) {
          throw ServiceException.notFound("mirror");
        }

        @Override
        public MirroredManifest manifest(Place place, Digest digest) {
          throw ServiceException.notFound("mirror");
        }

        @Override
        public Optional<Long> size(Place place, Digest digest) {
          return Optional.empty();
        }

        @Override
        public InputStream open(Place place, Digest digest, long offset) {
          throw ServiceException.notFound("mirror");
        }
      };
}
