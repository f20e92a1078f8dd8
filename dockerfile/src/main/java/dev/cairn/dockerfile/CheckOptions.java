package dev.cairn.dockerfile;

import java.util.Set;

/**
 * The value of {@code # check=} or of the build argument {@code BUILDKIT_DOCKERFILE_CHECK}.
 *
 * @param skip rules not reported
 * @param skipAll {@code skip=all}
 * @param experimental experimental rules that are reported
 * @param experimentalAll {@code experimental=all}
 * @param error a warning fails the build
 */
public record CheckOptions(
    Set<String> skip,
    boolean skipAll,
    Set<String> experimental,
    boolean experimentalAll,
    boolean error) {
  /** Nothing said. */
  public static final CheckOptions NONE = new CheckOptions(Set.of(), false, Set.of(), false, false);

  public CheckOptions {
    skip = Set.copyOf(skip);
    experimental = Set.copyOf(experimental);
  }
}
