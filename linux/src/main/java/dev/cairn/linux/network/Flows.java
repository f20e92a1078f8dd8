package dev.cairn.linux.network;

import java.util.List;

/**
 * What went through a step's network.
 *
 * @param bytesOut sent to the outside, with headers
 * @param packetsOut sent to the outside
 * @param bytesIn received, with headers and answers to look-ups
 * @param packetsIn received
 * @param lookups names that were asked for
 * @param refused packets that were refused: of TCP one for each attempt
 * @param refusals what was refused, the first of each kind; cut to a bounded number
 */
public record Flows(
    long bytesOut,
    long packetsOut,
    long bytesIn,
    long packetsIn,
    long lookups,
    long refused,
    List<Refusal> refusals) {
  /** Nothing. */
  public static final Flows NONE = new Flows(0, 0, 0, 0, 0, 0, List.of());

  /**
   * Something that a step wanted and did not get.
   *
   * @param target such as {@code 10.0.0.1:80 (tcp)} or {@code name metadata.internal}; printable
   * @param times how often
   */
  public record Refusal(String target, long times) {
    @Override
    public String toString() {
      return times == 1 ? target : target + " × " + times;
    }
  }

  /** Copies. */
  public Flows {
    refusals = List.copyOf(refusals);
  }
}
