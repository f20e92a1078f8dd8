package dev.cairn.service;

/**
 * Who acts right now, for the audit log. It is bound to the thread for the time of one request: the
 * one thing that every façade would otherwise have to be told although none of them decides by it.
 *
 * @param token the token's id; {@code cairn} for the service itself, {@code local} for a command
 *     beside the server, empty before the credential was looked at
 * @param request the request's id; empty if it is none
 * @param peer the address of the other end; empty if it is none
 */
public record Actor(String token, String request, String peer) {
  private static final ScopedValue<Actor> CURRENT = ScopedValue.newInstance();

  /** The service itself, of its own accord. */
  public static final Actor SERVICE = new Actor("cairn", "", "");

  /** Whoever may write into the data directory. */
  public static final Actor LOCAL = new Actor("local", "", "");

  /** Who acts on this thread. */
  public static Actor current() {
    return CURRENT.orElse(SERVICE);
  }

  /** Does work in this actor's name. */
  public <T, X extends Throwable> T call(ScopedValue.CallableOp<T, X> work) throws X {
    return ScopedValue.where(CURRENT, this).call(work);
  }
}
