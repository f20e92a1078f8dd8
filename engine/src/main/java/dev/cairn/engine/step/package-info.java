/** What the nodes of a build graph are made of, and the keys that make two of them equal. */
@NullMarked
package dev.cairn.engine.step;

import org.jspecify.annotations.NullMarked;
