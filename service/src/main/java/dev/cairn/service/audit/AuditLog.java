package dev.cairn.service.audit;

import dev.cairn.service.Audit;
import dev.cairn.service.ServiceException;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The one way by which something is changed for somebody: the work and its entry are one
 * transaction, so neither is ever there without the other, and both are on disk before the answer.
 */
public final class AuditLog implements Audit {
  private static final String DONE = "done";
  private static final String LAST = "last";
  private static final String FILED = "filed";

  private final Store store;
  private final AuditFiles files;
  private final Clock clock;

  /** The log in this store; old entries lie in these files. */
  public AuditLog(Store store, AuditFiles files, Clock clock) {
    this.store = store;
    this.files = files;
    this.clock = clock;
  }

  /**
   * Does something and notes it. What the work refuses by a {@link ServiceException} is noted as
   * well.
   */
  public <T> T write(Deed deed, Store.Work<T> work) {
    return write(deed, work, value -> DONE);
  }

  /** As {@link #write(Deed, Store.Work)}; false means that there was nothing to do it to. */
  public boolean change(Deed deed, Store.Work<Boolean> work) {
    return write(deed, work, done -> done ? DONE : "nothing");
  }

  /**
   * As {@link #write(Deed, Store.Work)}.
   *
   * @param outcome what the entry says of the work's result
   */
  public <T> T write(Deed deed, Store.Work<T> work, Function<T, String> outcome) {
    try {
      return store.write(session -> {
        T value = work.in(session);
        append(session, deed, outcome.apply(value));
        return value;
      });
    } catch (ServiceException e) {
      note(deed, "refused " + e.code());
      throw e;
    }
  }

  /** Notes what has been done, as the last statement of the transaction that does it. */
  public void note(Session session, Deed deed) throws SQLException {
    append(session, deed, DONE);
  }

  /** Notes what is no transaction of the database, before it is answered. */
  public void note(Deed deed) {
    note(deed, DONE);
  }

  void note(Deed deed, String outcome) {
    store.change(session -> append(session, deed, outcome));
  }

  /** The head's row is locked last, so that nobody who holds it waits for another. */
  private void append(Session session, Deed deed, String outcome) throws SQLException {
    Head head = head(session, LAST, session.forUpdate());
    Entry entry = Chain.next(head, Instant.ofEpochMilli(clock.millis()), deed, outcome);
    session.update(
        """
        INSERT INTO audit_entry
          (number, at, tenant, token, request, action, object, outcome, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        entry.number(),
        entry.at(),
        entry.tenant(),
        entry.token(),
        entry.request(),
        entry.action(),
        entry.object(),
        entry.outcome(),
        entry.hash());
    move(session, LAST, new Head(entry.number(), entry.hash()));
  }

  private static void move(Session session, String name, Head to) throws SQLException {
    session.update(
        "UPDATE audit_head SET number = ?, hash = ? WHERE name = ?", to.number(), to.hash(), name);
  }

  private static Head head(Session session, String name, String lock) throws SQLException {
    return session
        .one(
            "SELECT number, hash FROM audit_head WHERE name = ?" + lock,
            row -> new Head(row.number("number"), row.text("hash")),
            name)
        .orElseThrow(() -> new IllegalStateException("the table audit_head was emptied"));
  }

  @Override
  public Head head() {
    return store.read(session -> head(session, LAST, ""));
  }

  /** Rows, and the last entry that lies in a file instead, as one consistent state. */
  private record Rows(long filed, List<Entry> entries) {}

  private static Rows rows(Session session, Query query) throws SQLException {
    return new Rows(
        head(session, FILED, "").number(),
        session.all(query.sql(), AuditLog::entry, query.arguments().toArray()));
  }

  private record Query(String sql, List<Object> arguments) {
    static Query from(long number, int most) {
      return new Query(
          "SELECT * FROM audit_entry WHERE number >= ? ORDER BY number LIMIT ?",
          List.of(number, most));
    }

    static Query newest(Filter filter, long before, int most) {
      var sql = new StringBuilder("SELECT * FROM audit_entry WHERE number < ?");
      var arguments = new ArrayList<Object>(List.of(before));
      add(sql, arguments, " AND tenant = ?", filter.tenant());
      add(sql, arguments, " AND token = ?", filter.token());
      add(sql, arguments, " AND at >= ?", filter.since());
      add(sql, arguments, " AND at < ?", filter.until());
      add(sql, arguments, " AND action LIKE ?", filter.action().map(AuditLog::pattern));
      add(
          sql,
          arguments,
          " AND object LIKE ? ESCAPE '!'",
          filter.object().map(text -> "%" + text.replaceAll("[!%_]", "!$0") + "%"));
      arguments.add(most);
      return new Query(sql.append(" ORDER BY number DESC LIMIT ?").toString(), arguments);
    }

    private static void add(
        StringBuilder sql, List<Object> arguments, String condition, Optional<?> value) {
      if (value.isPresent()) {
        sql.append(condition);
        arguments.add(value.get());
      }
    }
  }

  /** Every action's name is made of letters and dots. */
  private static String pattern(String action) {
    String plain = action.replaceAll("[^a-z.]", "");
    return plain.endsWith(".") ? plain + "%" : plain;
  }

  @Override
  public List<Entry> from(long number, int most) {
    Rows rows = store.read(session -> rows(session, Query.from(number, most)));
    var found = new ArrayList<Entry>();
    if (number <= rows.filed()) {
      found.addAll(files.from(number, rows.filed(), most));
    }
    rows.entries().stream().limit(most - (long) found.size()).forEach(found::add);
    return found;
  }

  @Override
  public List<Entry> find(Filter filter, long before, int most) {
    Rows rows = store.read(session -> rows(session, Query.newest(filter, before, most)));
    // LIKE takes letters of either case for equal in one of the databases.
    var found = new ArrayList<>(rows.entries().stream().filter(filter::takes).toList());
    if (found.size() < most) {
      found.addAll(files.find(filter, Math.min(before, rows.filed() + 1), most - found.size()));
    }
    return found;
  }

  private static Entry entry(Row row) throws SQLException {
    return new Entry(
        row.number("number"),
        row.time("at"),
        row.text("tenant"),
        row.text("token"),
        row.text("request"),
        row.text("action"),
        row.text("object"),
        row.text("outcome"),
        row.text("hash"));
  }

  /**
   * Moves the oldest entries to files until no more than this many are in the database. A file is
   * complete and synced before its rows go; what a killed process left is written again.
   */
  public void file(int kept) {
    file(kept, AuditFiles.MOST_ENTRIES);
  }

  /** The same in files of this many entries. */
  public void file(int kept, int each) {
    while (true) {
      long filed = store.read(session -> head(session, FILED, "")).number();
      // A whole file's worth is waited for, since moving leaves an entry itself.
      if (head().number() - filed - kept < each) {
        return;
      }
      List<Entry> oldest = store.read(session -> rows(session, Query.from(1, each))).entries();
      files.write(oldest);
      Entry end = oldest.getLast();
      write(
          Deed.of(Action.AUDIT_FILED, oldest.getFirst().number() + "-" + end.number()),
          session -> {
            move(session, FILED, new Head(end.number(), end.hash()));
            return session.update("DELETE FROM audit_entry WHERE number <= ?", end.number());
          });
    }
  }
}
