package dev.cairn.service;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who did what: an append-only log whose entries are chained by their hashes. It is written by the
 * façades themselves, in the transaction of what it tells; here it is only read.
 */
public interface Audit {

  /**
   * One entry. It never holds a secret.
   *
   * @param number from 1, without a gap
   * @param at when
   * @param tenant whose things; empty for the installation's
   * @param token who; see {@link Actor#token()}
   * @param request the id of the request; empty if it was none
   * @param action what, {@code token.issued}
   * @param object to what
   * @param outcome {@code done}, {@code nothing} (there was nothing to do it to), {@code repeated}
   *     (it had been done before), or {@code refused} with the reason's code
   * @param hash over the hash before and everything above, 64 hexadecimal digits
   */
  record Entry(
      long number,
      Instant at,
      String tenant,
      String token,
      String request,
      String action,
      String object,
      String outcome,
      String hash) {}

  /** The end of the chain: an entry's number and hash; 0 and zeros before the first. */
  record Head(long number, String hash) {}

  /**
   * Which entries to show; all conditions must hold.
   *
   * @param tenant only of this tenant
   * @param token only by this one
   * @param action only this, or all whose name begins so if it ends with a dot
   * @param object only on what has this text in its name
   * @param since only at this time or later
   * @param until only before this time
   */
  record Filter(
      Optional<String> tenant,
      Optional<String> token,
      Optional<String> action,
      Optional<String> object,
      Optional<Instant> since,
      Optional<Instant> until) {

    /** Everything. */
    public static final Filter ALL =
        new Filter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Whether an entry is one of these. */
    public boolean takes(Entry entry) {
      return tenant.filter(t -> !t.equals(entry.tenant())).isEmpty()
          && token.filter(t -> !t.equals(entry.token())).isEmpty()
          && action
              .filter(
                  a -> a.endsWith(".") ? !entry.action().startsWith(a) : !a.equals(entry.action()))
              .isEmpty()
          && object.filter(o -> !entry.object().contains(o)).isEmpty()
          && since.filter(entry.at()::isBefore).isEmpty()
          && until.filter(t -> !entry.at().isBefore(t)).isEmpty();
    }
  }

  /**
   * Entries, the newest first.
   *
   * @param before only those with a smaller number
   * @param most how many at most
   */
  List<Entry> find(Filter filter, long before, int most);

  /** Entries in the chain's order, from this number on; fewer than {@code most} only at the end. */
  List<Entry> from(long number, int most);

  /** Where the chain ends. */
  Head head();
}
