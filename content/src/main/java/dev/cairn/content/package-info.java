/**
 * Bytes: tar, compression, the blob store and its leases, context packs, layer indexes. This
 * package holds the words that all of them share: what a file in an archive is and how a tree of
 * files is read.
 */
@NullMarked
package dev.cairn.content;

import org.jspecify.annotations.NullMarked;
