/** Mounts, the merged view of layers, what a step changed, and the stub layer under it all. */
@NullMarked
package dev.cairn.linux.mount;

import org.jspecify.annotations.NullMarked;
