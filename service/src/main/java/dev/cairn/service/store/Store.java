package dev.cairn.service.store;

import java.sql.SQLException;

/**
 * The database. Work is handed over as a function of a {@link Session}; it may run on another
 * thread and more than once, so it touches nothing but the session and its own variables.
 */
public interface Store extends AutoCloseable {

  /** Statements that belong together. */
  @FunctionalInterface
  interface Work<T> {
    /** Does the work; what it throws rolls everything back. */
    T in(Session session) throws SQLException;
  }

  /** Statements that belong together and answer nothing. */
  @FunctionalInterface
  interface Change {
    /** Does the work; what it throws rolls everything back. */
    void in(Session session) throws SQLException;
  }

  /** Reads one consistent state. */
  <T> T read(Work<T> work);

  /**
   * Writes in one transaction; when this returns it is synced to disk. Interrupting the caller does
   * not break it off: the flag is kept.
   *
   * @throws StoreException if the database cannot be written; nothing of the work is done then
   */
  <T> T write(Work<T> work);

  /** As {@link #write}, but a power cut may undo the last moments of it. A crash does not. */
  <T> T writeRelaxed(Work<T> work);

  /** As {@link #write}, without an answer. */
  default void change(Change change) {
    write(session -> {
      change.in(session);
      return true;
    });
  }

  /** As {@link #writeRelaxed}, without an answer. */
  default void changeRelaxed(Change change) {
    writeRelaxed(session -> {
      change.in(session);
      return true;
    });
  }

  /**
   * Whether this process alone works on the database, so that what others left behind is dead at
   * once.
   */
  boolean exclusive();

  @Override
  void close();
}
