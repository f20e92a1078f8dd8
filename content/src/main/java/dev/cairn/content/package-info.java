/** Bytes: tar, compression, the blob store and its leases, context packs, layer indexes. */
@NullMarked
package dev.cairn.content;

import org.jspecify.annotations.NullMarked;
