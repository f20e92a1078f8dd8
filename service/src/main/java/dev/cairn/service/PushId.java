package dev.cairn.service;

/**
 * The identity of a push: 32 lower-case hexadecimal digits that sort by time of acceptance, as
 * those of builds.
 */
public record PushId(String value) implements Comparable<PushId> {

  /**
   * @throws IllegalArgumentException if it is not of that form
   */
  public PushId {
    if (!value.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("a push id has 32 lower-case hexadecimal digits");
    }
  }

  /** In order of acceptance. */
  @Override
  public int compareTo(PushId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
