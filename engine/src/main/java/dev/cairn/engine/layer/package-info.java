/**
 * Finished and growing chains of layers: what a step starts from and what it leaves.
 *
 * <p>A {@link dev.cairn.engine.layer.Chain} is complete and can be remembered. A {@link
 * dev.cairn.engine.layer.Snapshot} is alive: its newest layers may still be packed or fetched while
 * the next step runs already.
 */
@NullMarked
package dev.cairn.engine.layer;

import org.jspecify.annotations.NullMarked;
