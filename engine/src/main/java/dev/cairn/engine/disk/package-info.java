/** What builds take of the disk, measured while they run, and stopped at their limit. */
@NullMarked
package dev.cairn.engine.disk;

import org.jspecify.annotations.NullMarked;
