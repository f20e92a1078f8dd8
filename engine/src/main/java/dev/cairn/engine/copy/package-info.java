/**
 * COPY and ADD, planned over indexes: nothing is unpacked or mounted. {@link
 * dev.cairn.engine.copy.Selection} finds what is read from the source and gives the digest for the
 * step's key; {@link dev.cairn.engine.copy.CopyPlanner} lays it over the destination and gives the
 * entries of the layer, together with the facts it had to read there. What happens in each case is
 * BuildKit's way, down to which directory's mode wins.
 */
@NullMarked
package dev.cairn.engine.copy;

import org.jspecify.annotations.NullMarked;
