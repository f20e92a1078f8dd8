package dev.cairn.linux.namespace;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Which identities of this process's user namespace stand for those inside a new one; users and
 * groups alike (user_namespaces(7), the file {@code uid_map}).
 *
 * @param extents without overlaps
 */
public record IdMap(List<Extent> extents) {
  private static final long WIDE = 1L << 30;

  /**
   * {@code count} identities from {@code inside} on are those from {@code outside} on.
   *
   * @param inside as the step sees it
   * @param outside as this process sees it
   */
  public record Extent(long inside, long outside, long count) {
    /** Checks the numbers. */
    public Extent {
      if (inside < 0 || outside < 0 || count < 1 || outside + count > 0xFFFFFFFFL) {
        throw new IllegalArgumentException(inside + " " + outside + " " + count);
      }
    }
  }

  /**
   * The one that root gives to builds: 2^30 identities from 2^30 on, so that even the high numbers
   * that some platforms hand out have an identity of their own and none is the host's.
   */
  public static final IdMap WIDE_RANGE = new IdMap(List.of(new Extent(0, WIDE, WIDE)));

  /** Copies. */
  public IdMap {
    extents = List.copyOf(extents);
    if (extents.isEmpty()) {
      throw new IllegalArgumentException("a map needs an extent");
    }
  }

  /** Who the root of the inside is outside. */
  public long root() {
    return extents.stream()
        .filter(extent -> extent.inside() == 0)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("nobody is root in this map"))
        .outside();
  }

  /**
   * Who somebody of the inside is outside.
   *
   * @throws IllegalArgumentException if there is no such identity inside
   */
  public long outside(long inside) {
    for (var extent : extents) {
      if (inside >= extent.inside() && inside - extent.inside() < extent.count()) {
        return extent.outside() + inside - extent.inside();
      }
    }
    throw new IllegalArgumentException(
        "steps have the users and groups "
            + extents.stream()
                .map(e -> e.inside() + " to " + (e.inside() + e.count() - 1))
                .collect(Collectors.joining(", "))
            + " here, not "
            + inside);
  }

  /** Whether root is all there is inside. */
  public boolean isRootOnly() {
    return extents.size() == 1
        && extents.getFirst().inside() == 0
        && extents.getFirst().count() == 1;
  }

  /** As the kernel's file takes it. */
  String text() {
    return extents.stream()
        .map(extent -> extent.inside() + " " + extent.outside() + " " + extent.count() + "\n")
        .collect(Collectors.joining());
  }
}
