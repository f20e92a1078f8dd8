package dev.cairn.build;

import dev.cairn.oci.http.AddressPolicy;
import java.net.Inet4Address;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What steps reach. No choice opens what the installation refuses: each is the operator's network
 * or less.
 *
 * @param kind the choice
 * @param allow for {@link Kind#LISTED}: names ({@code deb.debian.org}, {@code *.debian.org}) and
 *     ranges ({@code 198.51.100.0/24}, {@code 198.51.100.7:443}), sorted; empty for the others
 */
public record StepReach(Kind kind, List<String> allow) {
  /** Everything that the operator gives to builds. */
  public static final StepReach EGRESS = new StepReach(Kind.EGRESS, List.of());

  /** Nothing but themselves. */
  public static final StepReach NONE = new StepReach(Kind.NONE, List.of());

  /** Only what the operator has listed: proxies and mirrors. */
  public static final StepReach ISOLATED = new StepReach(Kind.ISOLATED, List.of());

  private static final int MOST = 100;
  private static final Pattern NAME =
      Pattern.compile(
          "(\\*\\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
              + "(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

  /** What a build can choose. */
  public enum Kind {
    EGRESS,
    NONE,
    ISOLATED,
    /** Only the names and ranges of a list. */
    LISTED
  }

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException naming the entry that is neither a name nor a range
   */
  public StepReach {
    if ((kind == Kind.LISTED) == allow.isEmpty()) {
      throw new IllegalArgumentException("a list of what steps reach has at least one entry");
    }
    if (allow.size() > MOST) {
      throw new IllegalArgumentException(
          "a list of what steps reach has at most " + MOST + " entries");
    }
    var sorted = new TreeSet<String>();
    for (String entry : allow) {
      sorted.add(checked(entry.toLowerCase(Locale.ROOT)));
    }
    allow = List.copyOf(sorted);
  }

  /** Only these names and ranges. */
  public static StepReach listed(List<String> allow) {
    return new StepReach(Kind.LISTED, allow);
  }

  /** As an earlier version wrote it down: the name of a kind alone. */
  public static StepReach valueOf(String kind) {
    return new StepReach(Kind.valueOf(kind), List.of());
  }

  /** Whether an entry of the list is a range, not a name: its last part is a number. */
  public static boolean isRange(String entry) {
    return entry.matches(".*[/:].*") || entry.matches("(.*\\.)?[0-9]+");
  }

  private static String checked(String entry) {
    if (!isRange(entry)) {
      if (entry.length() > 253 || !NAME.matcher(entry).matches()) {
        throw new IllegalArgumentException(
            "not a name like deb.debian.org or *.debian.org, nor a range like 198.51.100.0/24: "
                + entry);
      }
      return entry;
    }
    if (entry.startsWith("[")
        || !(AddressPolicy.Allowed.parse(entry).range().network() instanceof Inet4Address)) {
      throw new IllegalArgumentException("steps have no IPv6, so it cannot be listed: " + entry);
    }
    return entry;
  }

  /** One word, or the list; equal only for equal networks. */
  @Override
  public String toString() {
    return kind == Kind.LISTED
        ? "listed " + String.join(" ", allow)
        : kind.name().toLowerCase(Locale.ROOT);
  }
}
