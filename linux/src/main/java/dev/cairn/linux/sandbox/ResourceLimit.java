package dev.cairn.linux.sandbox;

import java.util.regex.Pattern;

/**
 * A limit of setrlimit(2). What exceeds this service's own hard limit is lowered to it, because the
 * kernel would refuse the start.
 *
 * @param name as in {@code RLIMIT_NOFILE}
 * @param soft -1 for unlimited
 * @param hard -1 for unlimited
 */
public record ResourceLimit(String name, long soft, long hard) {
  private static final Pattern NAME = Pattern.compile("RLIMIT_[A-Z]+");

  /** Checks the name and the order. */
  public ResourceLimit {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a resource limit: " + name);
    }
    if (Long.compareUnsigned(soft, hard) > 0) {
      throw new IllegalArgumentException(name + ": the soft limit is above the hard one");
    }
  }
}
