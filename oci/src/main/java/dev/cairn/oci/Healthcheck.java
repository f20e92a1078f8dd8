package dev.cairn.oci;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a container shows that it is well. {@code test} is {@code [NONE]}, {@code [CMD, argument…]}
 * or {@code [CMD-SHELL, text]}; an empty test inherits the base's. Zero durations and retries mean
 * the runtime's default and are not written.
 */
public record Healthcheck(
    List<String> test,
    Duration interval,
    Duration timeout,
    Duration startPeriod,
    Duration startInterval,
    long retries) {

  private static final Set<String> KNOWN =
      Set.of("Test", "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries");

  /** Copies the list. */
  public Healthcheck {
    test = List.copyOf(test);
  }

  /** A check with the runtime's default times. */
  public static Healthcheck of(List<String> test) {
    return new Healthcheck(test, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
  }

  static Healthcheck read(Fields fields) {
    fields.refusingCaseVariantsOf(KNOWN);
    return new Healthcheck(
        fields.strings("Test").orElse(List.of()),
        Duration.ofNanos(fields.longNumber("Interval", 0)),
        Duration.ofNanos(fields.longNumber("Timeout", 0)),
        Duration.ofNanos(fields.longNumber("StartPeriod", 0)),
        Duration.ofNanos(fields.longNumber("StartInterval", 0)),
        fields.longNumber("Retries", 0));
  }

  ObjectNode write() {
    ObjectNode node = Json.newObject();
    if (!test.isEmpty()) {
      var list = node.putArray("Test");
      test.forEach(list::add);
    }
    put(node, "Interval", interval);
    put(node, "Timeout", timeout);
    put(node, "StartPeriod", startPeriod);
    put(node, "StartInterval", startInterval);
    if (retries != 0) {
      node.put("Retries", retries);
    }
    return node;
  }

  private static void put(ObjectNode node, String name, Duration duration) {
    if (!duration.isZero()) {
      node.put(name, duration.toNanos());
    }
  }
}
