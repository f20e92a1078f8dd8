/** The store of blobs by digest: writers, resumable uploads, leases and collection. */
@NullMarked
package dev.cairn.content.blob;

import org.jspecify.annotations.NullMarked;
