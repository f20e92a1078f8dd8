/** Compression known by magic, bounded decompression, and compression in segments on all cores. */
@NullMarked
package dev.cairn.content.compress;

import org.jspecify.annotations.NullMarked;
