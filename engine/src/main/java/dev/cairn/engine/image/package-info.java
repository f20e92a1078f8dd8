/** The end of a build: config, manifest and index written to the blob store. */
@NullMarked
package dev.cairn.engine.image;

import org.jspecify.annotations.NullMarked;
