package dev.cairn.engine.copy;

import dev.cairn.oci.Digest;
import java.util.List;
import java.util.SortedSet;

/**
 * The layer that a COPY or ADD makes on one destination.
 *
 * @param entries in the order of the layer: parents before children, no path twice, every parent
 *     directory present with the attributes it has in the merged tree; empty if nothing changes
 * @param opaque directories among the entries that hide everything that lower layers have in them
 * @param facts what was read from the destination to make this plan: on another parent with equal
 *     facts the same layer comes out, times of directories aside
 * @param factsWithTimes the same with the times of the directories that the layer carries: on
 *     another parent where these are equal the same layer comes out bit for bit
 */
public record LayerPlan(
    List<PlannedEntry> entries, SortedSet<String> opaque, Digest facts, Digest factsWithTimes) {

  /** Copies the list. */
  public LayerPlan {
    entries = List.copyOf(entries);
  }
}
