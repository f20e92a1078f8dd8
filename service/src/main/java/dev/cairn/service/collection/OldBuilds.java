package dev.cairn.service.collection;

import dev.cairn.build.BuildId;
import dev.cairn.service.GarbageCollection.Gone;
import dev.cairn.service.GarbageCollection.Kind;
import dev.cairn.service.log.LogDirectory;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Ended builds and their logs. The row goes first, then the log. */
final class OldBuilds {
  private static final int BATCH = 1000;
  private static final String REASON = "it ended longer ago than is configured";

  private final Store store;
  private final LogDirectory logs;

  OldBuilds(Store store, LogDirectory logs) {
    this.store = store;
    this.logs = logs;
  }

  private record Old(BuildId id, String tenant) {}

  /**
   * Forgets them.
   *
   * @param ended before when they ended
   * @param orphans before when a log without a build was written last
   */
  List<Gone> forget(Instant ended, Instant orphans) throws IOException {
    var gone = new ArrayList<Old>();
    while (true) {
      List<Old> batch =
          store.write(session -> {
            List<Old> old = old(session, ended, BATCH);
            for (Old each : old) {
              session.update("DELETE FROM build_label WHERE build = ?", each.id());
              session.update("DELETE FROM build_alias WHERE build = ?", each.id());
              session.update("DELETE FROM build WHERE id = ?", each.id());
            }
            return old;
          });
      if (batch.isEmpty()) {
        break;
      }
      gone.addAll(batch);
    }
    List<Gone> counted = counted(gone);
    for (Old each : gone) {
      logs.delete(each.id());
    }
    logs.sweep(
        id -> store.read(session -> session.exists("SELECT 1 FROM build WHERE id = ?", id)),
        orphans);
    return counted;
  }

  /** What {@link #forget} would. */
  List<Gone> old(Instant ended) throws IOException {
    return counted(store.read(session -> old(session, ended, Integer.MAX_VALUE)));
  }

  private static List<Old> old(Session session, Instant ended, int most) throws SQLException {
    return session.all(
        "SELECT id, tenant FROM build WHERE ended = 1 AND completed_at < ? ORDER BY id LIMIT ?",
        row -> new Old(BuildId.parse(row.text("id")), row.text("tenant")),
        ended,
        most);
  }

  private List<Gone> counted(List<Old> builds) throws IOException {
    var gone = new ArrayList<Gone>();
    for (Old each : builds) {
      gone.add(new Gone(Kind.BUILD, each.tenant(), REASON, 1, logs.size(each.id())));
    }
    return gone;
  }
}
