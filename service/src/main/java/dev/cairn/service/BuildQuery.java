package dev.cairn.service;

import dev.cairn.build.BuildState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which builds to list; all conditions must hold.
 *
 * @param states any of these; empty for all
 * @param labels each pair must be equal
 * @param dialect only builds that came through this API
 * @param resource only builds of this resource of the dialect
 * @param acceptedAfter only builds accepted later
 * @param after the previous page's {@link Page#next()}
 * @param most builds per page, 1 to 1000
 */
public record BuildQuery(
    Set<BuildState> states,
    Map<String, String> labels,
    Optional<String> dialect,
    Optional<String> resource,
    Optional<Instant> acceptedAfter,
    Optional<String> after,
    int most) {

  /** The newest 100. */
  public static final BuildQuery NEWEST =
      new BuildQuery(
          Set.of(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          100);

  /**
   * @throws IllegalArgumentException if {@code most} is out of range
   */
  public BuildQuery {
    states = Set.copyOf(states);
    labels = Map.copyOf(labels);
    if (most < 1 || most > 1000) {
      throw new IllegalArgumentException("a page has 1 to 1000 builds, not " + most);
    }
  }

  /** The same with these labels. */
  public BuildQuery withLabels(Map<String, String> wanted) {
    return new BuildQuery(states, wanted, dialect, resource, acceptedAfter, after, most);
  }

  /** The same from this page on, with this many. */
  public BuildQuery page(Optional<String> from, int number) {
    return new BuildQuery(states, labels, dialect, resource, acceptedAfter, from, number);
  }

  /** The same for these states only. */
  public BuildQuery withStates(Set<BuildState> wanted) {
    return new BuildQuery(wanted, labels, dialect, resource, acceptedAfter, after, most);
  }
}
