package dev.cairn.content.pack;

import dev.cairn.content.Node;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Contents that one tenant has brought before, in packs or as blobs of their own. What another
 * tenant brought is unknown here, even if the store has it.
 */
public final class KnownContents {

  private final BlobStore store;
  private final Predicate<Digest> mayUse;
  private final Map<Digest, Content> packed = new HashMap<>();

  /**
   * What this tenant may refer to.
   *
   * @param earlier packs of the tenant, the newest first; some of the last are enough. Their parts
   *     must be leased
   * @param mayUse whether the tenant has the right to a blob
   */
  public KnownContents(BlobStore store, List<PackIndex> earlier, Predicate<Digest> mayUse) {
    this.store = store;
    this.mayUse = mayUse;
    for (PackIndex pack : earlier) {
      for (Node node : pack.nodes()) {
        if (node.body() instanceof Node.Body.File(var size, var digest, var place, _) && size > 0) {
          Digest part = pack.parts().get(place.source());
          packed.putIfAbsent(digest, new Content(part, place.offset(), size, true));
        }
      }
    }
  }

  /** Where the content lies, if it is known. */
  Optional<Content> find(Digest digest) throws IOException {
    var content = packed.get(digest);
    if (content != null) {
      return Optional.of(content);
    }
    if (!mayUse.test(digest)) {
      return Optional.empty();
    }
    var size = store.size(digest);
    return size.isPresent()
        ? Optional.of(new Content(digest, 0, size.getAsLong(), false))
        : Optional.empty();
  }

  /** A content: the blob it is in, where, how long, and whether that blob is a pack's part. */
  record Content(Digest blob, long offset, long size, boolean packed) {}
}
