package dev.cairn.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TwoSamplesTest {

  @Test
  void agreesWithTheTextbook() {
    // U = 14.5 of 49 pairs; corrected for ties, not for continuity: z = 1.2848.
    assertThat(
            TwoSamples.probability(
                List.of(3L, 5L, 1L, 4L, 3L, 5L, 2L), List.of(4L, 8L, 6L, 2L, 1L, 9L, 7L)))
        .isCloseTo(0.19885, within(1e-4));
  }

  @Test
  void seesAShiftAndNoneWhereThereIsNone() {
    var random = new Random(7);
    List<Long> one = numbers(random, 0);
    assertThat(TwoSamples.probability(one, numbers(random, 0))).isGreaterThan(0.01);
    assertThat(TwoSamples.probability(one, numbers(random, 300))).isLessThan(0.001);
    assertThat(TwoSamples.probability(one, one)).isCloseTo(1, within(1e-6));
  }

  private static List<Long> numbers(Random random, long shift) {
    return LongStream.range(0, 400)
        .map(n -> shift + (long) (1000 * Math.exp(random.nextGaussian() / 4)))
        .boxed()
        .toList();
  }
}
