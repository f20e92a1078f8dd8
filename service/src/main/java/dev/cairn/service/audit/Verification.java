package dev.cairn.service.audit;

import dev.cairn.service.Audit.Entry;
import dev.cairn.service.Audit.Head;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Goes through a chain and finds the first thing wrong with it. It trusts nothing but the entries
 * that it is shown and the anchors: heads that were kept apart from the log.
 */
public final class Verification {
  private final TreeMap<Long, String> anchors;
  private Head last;
  private long first;
  private Optional<String> fault = Optional.empty();

  /**
   * A verification.
   *
   * @param begin the number of the first entry that must be there: 1 unless older ones were taken
   *     away on purpose
   * @param anchors hashes by number, as they were noted outside the log
   */
  public Verification(long begin, Map<Long, String> anchors) {
    this.anchors = new TreeMap<>(anchors);
    this.first = begin;
    this.last = new Head(begin - 1, begin == 1 ? Chain.START.hash() : "");
  }

  /** Takes the next entries of the chain; false as soon as something is wrong. */
  public boolean take(List<Entry> entries) {
    for (Entry entry : entries) {
      if (fault.isEmpty()) {
        fault = check(entry);
      }
    }
    return fault.isEmpty();
  }

  private Optional<String> check(Entry entry) {
    long expected = last.number() + 1;
    if (entry.number() > expected) {
      return Optional.of(
          expected == entry.number() - 1
              ? "entry " + expected + " was removed"
              : "entries " + expected + " to " + (entry.number() - 1) + " were removed");
    }
    if (entry.number() < expected) {
      return Optional.of(
          "entry " + entry.number() + " stands behind entry " + last.number() + ": reordered");
    }
    boolean linked = !last.hash().isEmpty();
    if (linked && !Chain.hash(last.hash(), entry).equals(entry.hash())) {
      return Optional.of(
          "entry " + entry.number() + " was changed, or stands where another one stood");
    }
    String anchored = anchors.get(entry.number());
    if (anchored != null && !anchored.equals(entry.hash())) {
      return Optional.of(
          "entry "
              + entry.number()
              + " is not the one that was anchored: it or one before it was rewritten");
    }
    last = new Head(entry.number(), entry.hash());
    return Optional.empty();
  }

  /**
   * The chain has ended.
   *
   * @param head where the log itself says that it ends
   * @return the first fault, if there is one
   */
  public Optional<String> end(Head head) {
    if (fault.isPresent()) {
      return fault;
    }
    if (last.number() < head.number()) {
      return Optional.of(missingFrom(head.number()));
    }
    if (!anchors.isEmpty() && anchors.lastKey() > last.number()) {
      return Optional.of(missingFrom(anchors.lastKey()) + " (the anchor knows them)");
    }
    if (last.number() >= first && !head.equals(last)) {
      return Optional.of(
          "the log says that it ends with entry " + head.number() + ", which is not the last one");
    }
    return Optional.empty();
  }

  private String missingFrom(long end) {
    return "the end was cut off: entries " + (last.number() + 1) + " to " + end + " are missing";
  }

  /** The last entry that is in order. */
  public Head last() {
    return last;
  }
}
