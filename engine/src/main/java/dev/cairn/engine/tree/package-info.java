/** Unpacked layers: directories of the data directory that overlay mounts use as lower layers. */
@NullMarked
package dev.cairn.engine.tree;

import org.jspecify.annotations.NullMarked;
