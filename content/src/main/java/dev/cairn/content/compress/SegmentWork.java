package dev.cairn.content.compress;

import dev.cairn.oci.Digest;

/** What a thread of the pool does with one segment: sample, then store, look up or compress. */
final class SegmentWork {

  private final CompressorId id;
  private final SegmentCache cache;
  private final SegmentEncoder encoder;

  SegmentWork(CompressorId id, SegmentCache cache) {
    this.id = id;
    this.cache = cache;
    this.encoder = new SegmentEncoder(id);
  }

  Done run(byte[] bytes, int length) {
    // Storing is as fast as a look-up, so what does not shrink takes no room in the cache.
    if (id.compression() == Compression.NONE || encoder.isIncompressible(bytes, length)) {
      return new Done(bytes, length, encoder.store(bytes, length));
    }
    Digest tar = Digest.newHasher().update(bytes, 0, length).finish();
    var cached = cache.get(tar, id);
    if (cached.isPresent()) {
      return new Done(bytes, length, cached.get());
    }
    byte[] compressed = encoder.compress(bytes, length);
    cache.put(tar, id, compressed);
    return new Done(bytes, length, compressed);
  }

  /**
   * A finished segment.
   *
   * @param buffer that held the tar bytes, free again
   * @param length of them
   * @param compressed what goes into the blob
   */
  @SuppressWarnings("ArrayRecordComponent") // handed from thread to thread, never compared
  record Done(byte[] buffer, int length, byte[] compressed) {}
}
