package dev.cairn.content.layer;

import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.compress.CompressorId;
import dev.cairn.content.compress.SegmentCache;

/**
 * How layers are written.
 *
 * @param compressor what makes the bytes
 * @param pool whose threads compress
 * @param cache of compressed segments
 * @param nanoseconds whether fractions of seconds are kept
 */
public record LayerSettings(
    CompressorId compressor, CompressionPool pool, SegmentCache cache, boolean nanoseconds) {}
