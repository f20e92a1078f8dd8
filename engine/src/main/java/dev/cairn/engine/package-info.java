/** The native Builder: graph, cache, trees, layers. */
@NullMarked
package dev.cairn.engine;

import org.jspecify.annotations.NullMarked;
