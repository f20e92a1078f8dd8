/** Layers: their index, writing, reading, unpacking, and the merged view of a chain. */
@NullMarked
package dev.cairn.content.layer;

import org.jspecify.annotations.NullMarked;
