package dev.cairn.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Times of many attempts, to be printed; no test fails because of one. */
final class Percentiles {
  private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());

  void add(Duration time) {
    nanos.add(time.toNanos());
  }

  int count() {
    return nanos.size();
  }

  /** Such as {@code n=50 p50=12 p99=40 max=41 ms}. */
  @Override
  public String toString() {
    List<Long> sorted;
    synchronized (nanos) {
      sorted = nanos.stream().sorted().toList();
    }
    if (sorted.isEmpty()) {
      return "n=0";
    }
    return String.format(
        Locale.ROOT,
        "n=%d p50=%.0f p99=%.0f max=%.0f ms",
        sorted.size(),
        at(sorted, 50) / 1e6,
        at(sorted, 99) / 1e6,
        sorted.getLast() / 1e6);
  }

  private static double at(List<Long> sorted, int percent) {
    return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1));
  }
}
