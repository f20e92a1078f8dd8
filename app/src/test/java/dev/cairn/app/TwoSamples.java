package dev.cairn.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Mann and Whitney's test: how likely two samples differ as much as they do if they come from one
 * distribution.
 */
final class TwoSamples {
  private TwoSamples() {}

  private record Ranked(long value, boolean first) {}

  /** The two-sided probability, by the normal approximation, which does from 20 values on. */
  static double probability(List<Long> one, List<Long> other) {
    var all = new ArrayList<Ranked>();
    one.forEach(value -> all.add(new Ranked(value, true)));
    other.forEach(value -> all.add(new Ranked(value, false)));
    all.sort(Comparator.comparingLong(Ranked::value));
    double ranks = 0;
    double ties = 0;
    for (int from = 0; from < all.size(); ) {
      int to = from;
      while (to < all.size() && all.get(to).value() == all.get(from).value()) {
        to++;
      }
      double rank = (from + 1 + to) / 2.0;
      for (int i = from; i < to; i++) {
        ranks += all.get(i).first() ? rank : 0;
      }
      double equal = (double) to - from;
      ties += equal * equal * equal - equal;
      from = to;
    }
    double n = one.size();
    double m = other.size();
    double u = ranks - n * (n + 1) / 2;
    double spread = Math.sqrt(n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1))));
    return spread == 0 ? 1 : complement(Math.abs(u - n * m / 2) / spread / Math.sqrt(2));
  }

  /** erfc for numbers from 0 on, to about 1e-7 (Abramowitz and Stegun, 7.1.26). */
  private static double complement(double x) {
    double t = 1 / (1 + 0.3275911 * x);
    double sum =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    return sum * Math.exp(-x * x);
  }
}
