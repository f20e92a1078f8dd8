package dev.cairn.service.store;

/** The database could not do its work. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what was tried and why it failed. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
