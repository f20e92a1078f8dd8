/**
 * From a recipe to nodes, and from nodes to file trees.
 *
 * <p>A {@link dev.cairn.engine.step.Node} is one operation that touches files: a base, a RUN, a
 * COPY or ADD, a WORKDIR. The planner walks the stages once and makes the nodes of the wanted stage
 * and of what it needs; the {@link dev.cairn.engine.graph.Evaluator} asks the cache from the last
 * node downwards and runs only what is left, side by side where nothing depends on the other.
 */
@NullMarked
package dev.cairn.engine.graph;

import org.jspecify.annotations.NullMarked;
