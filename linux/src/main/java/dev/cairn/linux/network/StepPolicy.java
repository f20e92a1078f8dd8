package dev.cairn.linux.network;

import dev.cairn.linux.dns.NamePattern;
import java.util.List;

/**
 * What one step reaches of what the installation permits.
 *
 * @param narrowings all of them hold; none means everything that the installation permits
 */
public record StepPolicy(List<Narrowing> narrowings) {
  /** Everything that the installation permits. */
  public static final StepPolicy PERMITTED = new StepPolicy(List.of());

  /**
   * Only these. A name is resolved only if it is listed, and what it resolves to may then be
   * reached; an address of the list may be reached without a name.
   *
   * @param addresses listed by range
   * @param names listed by name
   */
  public record Narrowing(List<AllowedAddress> addresses, List<NamePattern> names) {
    /** Copies. */
    public Narrowing {
      addresses = List.copyOf(addresses);
      names = List.copyOf(names);
    }

    boolean lists(String name) {
      return names.stream().anyMatch(pattern -> pattern.matches(name));
    }
  }

  /** Copies. */
  public StepPolicy {
    narrowings = List.copyOf(narrowings);
  }

  /** Whether the name may be asked for. */
  boolean permits(String name) {
    return narrowings.stream().allMatch(narrowing -> narrowing.lists(name));
  }
}
