/**
 * Which paths of a context are left out, and the wildcards of COPY. Paths are text with slashes.
 */
@NullMarked
package dev.cairn.dockerfile.ignore;

import org.jspecify.annotations.NullMarked;
