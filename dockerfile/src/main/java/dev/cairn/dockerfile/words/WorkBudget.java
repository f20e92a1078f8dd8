package dev.cairn.dockerfile.words;

/** Bounds the comparisons of one expansion, so that no pattern can stall a build. */
final class WorkBudget {
  private long left = 20_000_000;

  void spend(long steps) {
    left -= steps;
    if (left < 0) {
      throw ExpansionException.substitution("the patterns of this substitution are too costly");
    }
  }
}
