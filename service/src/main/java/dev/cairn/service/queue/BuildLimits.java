package dev.cairn.service.queue;

import dev.cairn.build.Limits;
import dev.cairn.service.ServiceException;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * What the operator lets builds take of the machine. Times are {@link QueueSettings}'s.
 *
 * @param usual what a build gets that asks for nothing
 * @param most what it may ask for; absent is no bound
 */
public record BuildLimits(Limits usual, Limits most) {
  /** Nothing usual, nothing bounded; for tests and for builders that limit by themselves. */
  public static final BuildLimits NONE = new BuildLimits(Limits.DEFAULT, Limits.DEFAULT);

  private static final long MIB = 1 << 20;

  /** Less than this and no container runtime starts. */
  private static final long LEAST_MEMORY = 16 * MIB;

  private static final long LEAST_PROCESSES = 16;

  /**
   * Refuses what no build may have.
   *
   * @throws ServiceException naming the field, the bound and what was asked
   */
  void check(Limits asked) {
    check("limits.cpus", asked.cpus(), 10, most.cpus(), BuildLimits::thousandths);
    check("limits.memoryBytes", asked.memoryBytes(), LEAST_MEMORY, most.memoryBytes());
    check("limits.diskBytes", asked.diskBytes(), MIB, most.diskBytes());
    check("limits.inodes", asked.inodes(), 16, most.inodes());
    check("limits.processes", asked.processes(), LEAST_PROCESSES, most.processes(), Long::toString);
  }

  /** The request's own, then the usual; nothing above the most. */
  Limits fill(Limits asked) {
    return new Limits(
        asked.queue(),
        asked.run(),
        asked.step(),
        asked.push(),
        value(asked.cpus(), usual.cpus(), most.cpus()),
        value(asked.memoryBytes(), usual.memoryBytes(), most.memoryBytes()),
        value(asked.diskBytes(), usual.diskBytes(), most.diskBytes()),
        value(asked.inodes(), usual.inodes(), most.inodes()),
        value(asked.processes(), usual.processes(), most.processes()),
        asked.network());
  }

  /** The bound may have been lowered since the build was accepted. */
  private static <N extends Comparable<N>> Optional<N> value(
      Optional<N> asked, Optional<N> usual, Optional<N> most) {
    Optional<N> wanted = asked.or(() -> usual).or(() -> most);
    return most.filter(bound -> wanted.filter(w -> w.compareTo(bound) > 0).isPresent())
        .or(() -> wanted);
  }

  private static void check(String field, Optional<Long> asked, long least, Optional<Long> most) {
    check(field, asked, least, most, Long::toString);
  }

  private interface Spelling {
    String of(long value);
  }

  private static void check(
      String field,
      Optional<? extends Number> asked,
      long least,
      Optional<? extends Number> most,
      Spelling spelling) {
    if (asked.isEmpty()) {
      return;
    }
    long value = asked.get().longValue();
    if (value < least) {
      throw refusal(
          field + ": at least " + spelling.of(least) + ", not " + spelling.of(value),
          "ask for more, or leave the field out");
    }
    if (most.isPresent() && value > most.get().longValue()) {
      throw refusal(
          field
              + ": at most "
              + spelling.of(most.get().longValue())
              + " on this installation, not "
              + spelling.of(value),
          "ask for less, or ask the operator to raise limits.most");
    }
  }

  private static String thousandths(long cpus) {
    return BigDecimal.valueOf(cpus, 3).stripTrailingZeros().toPlainString();
  }

  private static ServiceException refusal(String sentence, String remedy) {
    return ServiceException.invalid("limit-out-of-range", sentence, remedy);
  }
}
