package dev.cairn.dockerfile.ignore;

import java.util.List;

/** One element of a pattern. */
sealed interface GlobToken {
  /** Exactly this character. */
  record Literal(int ch) implements GlobToken {}

  /** {@code ?}: one character that is no slash. */
  record AnyOne() implements GlobToken {}

  /** {@code *}: any characters but slashes. */
  record AnyRun() implements GlobToken {}

  /**
   * {@code **}: anything.
   *
   * @param wholeElements written {@code **}{@code /}: nothing, or up to and with a slash
   */
  record AnyDepth(boolean wholeElements) implements GlobToken {}

  /** {@code [...]}: one character of some ranges, or of none of them. */
  record OneOf(List<Range> ranges, boolean negated) implements GlobToken {
    public OneOf {
      ranges = List.copyOf(ranges);
    }

    boolean contains(int ch) {
      return negated ^ ranges.stream().anyMatch(range -> range.low <= ch && ch <= range.high);
    }
  }

  /** Characters from low to high, both included. */
  record Range(int low, int high) {}
}
