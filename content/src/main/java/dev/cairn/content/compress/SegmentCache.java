package dev.cairn.content.compress;

import dev.cairn.oci.Digest;
import java.util.Optional;

/**
 * Keeps compressed segments by the hash of their tar bytes and the compressor's id. It may forget
 * at any time, and must never give back other bytes than were put. Safe for many threads.
 */
public interface SegmentCache {

  /** A cache that keeps nothing. */
  SegmentCache NONE =
      new SegmentCache() {
        @Override
        public Optional<byte[]> get(Digest tar, CompressorId compressor) {
          return Optional.empty();
        }

        @Override
        public void put(Digest tar, CompressorId compressor, byte[] compressed) {}
      };

  /** The compressed form of the segment with this hash. */
  Optional<byte[]> get(Digest tar, CompressorId compressor);

  /** Offers the compressed form; the array is not kept. */
  void put(Digest tar, CompressorId compressor, byte[] compressed);
}
