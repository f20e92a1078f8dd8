/** Build contexts: read once, hashed while they arrive, kept as one pack with an index. */
@NullMarked
package dev.cairn.content.pack;

import org.jspecify.annotations.NullMarked;
