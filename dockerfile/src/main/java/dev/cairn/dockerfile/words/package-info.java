/** Words of a Dockerfile: quotes, escapes, variables and the patterns of {@code ${v#p}}. */
@NullMarked
package dev.cairn.dockerfile.words;

import org.jspecify.annotations.NullMarked;
