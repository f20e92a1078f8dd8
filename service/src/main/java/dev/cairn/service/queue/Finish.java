package dev.cairn.service.queue;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.service.Build;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.Session;
import dev.cairn.service.store.Store;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * The one write that ends a build, with all that belongs to it. It happens once: only to a build
 * that has not ended and, if a runner asks, only under that runner's lease and attempt.
 */
final class Finish {
  private Finish() {}

  /**
   * How a build ends.
   *
   * @param registered what else is written in the same transaction
   */
  record End(
      BuildState state,
      Optional<BuildFailure> failure,
      Optional<Build.Outcome> result,
      Store.Change registered) {

    static End failed(BuildFailure failure) {
      return new End(BuildState.FAILED, Optional.of(failure), Optional.empty(), _ -> {});
    }

    static End cancelled() {
      return new End(BuildState.CANCELLED, Optional.empty(), Optional.empty(), _ -> {});
    }

    static End ready(Build.Outcome result, Store.Change registered) {
      return new End(BuildState.READY, Optional.empty(), Optional.of(result), registered);
    }
  }

  /** Who asks to end a build. */
  record Holder(String owner, int attempt) {}

  /**
   * Ends it.
   *
   * @return how it ended: a build whose cancelling was asked for ends as cancelled, whatever its
   *     runner says; empty if the holder has lost it or it had ended before
   */
  static Optional<End> write(
      Session session, BuildId id, Optional<Holder> holder, End wanted, Instant now)
      throws SQLException {
    record Now(boolean ended, String owner, int attempt, boolean cancel) {}
    var current =
        session.one(
            "SELECT ended, lease_owner, attempt, cancel_who FROM build WHERE id = ?"
                + session.forUpdate(),
            row ->
                new Now(
                    row.flag("ended"),
                    row.optionalText("lease_owner").orElse(""),
                    (int) row.number("attempt"),
                    row.optionalText("cancel_who").isPresent()),
            id);
    if (current.isEmpty() || current.get().ended()) {
      return Optional.empty();
    }
    if (holder.isPresent()
        && !(holder.get().owner().equals(current.get().owner())
            && holder.get().attempt() == current.get().attempt())) {
      return Optional.empty();
    }
    boolean superseded =
        wanted
            .failure()
            .filter(f -> f.kind() == dev.cairn.build.FailureKind.SUPERSEDED)
            .isPresent();
    End end = current.get().cancel() && !superseded ? End.cancelled() : wanted;
    session.update(
        """
        UPDATE build SET state = ?, phase = NULL, ended = 1, completed_at = ?, failure = ?,
          result = ?, lease_owner = NULL, lease_until = NULL
        WHERE id = ?
        """,
        BuildRows.spell(end.state()),
        now,
        end.failure().map(ModelJson::write),
        end.result().map(ModelJson::write),
        id);
    if (end.state() != BuildState.READY) {
      session.update("DELETE FROM lease WHERE owner = ?", "build:" + id);
    }
    end.registered().in(session);
    return Optional.of(end);
  }
}
