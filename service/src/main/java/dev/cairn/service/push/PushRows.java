package dev.cairn.service.push;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.Outputs;
import dev.cairn.build.TenantId;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.service.Push;
import dev.cairn.service.PushId;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Pushes as rows. */
final class PushRows {
  private PushRows() {}

  /** The owner of the leases that a push holds on what it sends. */
  static String holder(PushId id) {
    return "export:" + id;
  }

  static String word(Push.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  static Optional<Push> find(Session session, TenantId tenant, PushId id) throws SQLException {
    return session.one(
        "SELECT * FROM push WHERE tenant = ? AND id = ?", PushRows::push, tenant, id);
  }

  /** A row; the position is added by whoever knows the queue. */
  static Push push(Row row) throws SQLException {
    return new Push(
        new PushId(row.text("id")),
        row.text("image"),
        Descriptor.of(
            new MediaType(row.text("media_type")),
            Digest.parse(row.text("digest")),
            row.number("size")),
        new Outputs.Destination(Reference.parse(row.text("target")), row.flag("insecure")),
        Push.State.valueOf(row.text("state").toUpperCase(Locale.ROOT)),
        (int) row.number("attempt"),
        Optional.empty(),
        new Push.Times(
            row.time("created_at"),
            row.optionalTime("started_at"),
            row.optionalTime("completed_at")),
        (int) row.number("layers"),
        row.number("bytes"),
        ModelJson.read(row.text("progress"), Push.Progress.class),
        row.optionalText("failure").map(text -> ModelJson.read(text, BuildFailure.class)));
  }

  /** The place in the queue of all, from 1. */
  static Push placed(Session session, Push push) throws SQLException {
    if (push.state() != Push.State.QUEUED) {
      return push;
    }
    long before =
        session.count(
            "SELECT count(*) AS n FROM push WHERE ended = 0 AND state = 'queued' AND id < ?",
            push.id());
    return new Push(
        push.id(),
        push.image(),
        push.manifest(),
        push.to(),
        push.state(),
        push.attempt(),
        Optional.of((int) before + 1),
        push.times(),
        push.layers(),
        push.bytes(),
        push.progress(),
        push.failure());
  }

  /** Ends a push: its row, and the leases on what it sent. */
  static boolean end(
      Session session,
      PushId id,
      Optional<String> owner,
      Push.State state,
      Optional<BuildFailure> failure,
      Instant now)
      throws SQLException {
    int changed =
        session.update(
            """
            UPDATE push SET state = ?, failure = ?, completed_at = ?, ended = 1,
              lease_owner = NULL, lease_until = NULL
            WHERE id = ? AND ended = 0 AND COALESCE(lease_owner, '') = ?
            """,
            word(state),
            failure.map(ModelJson::write),
            now,
            id,
            owner.orElse(""));
    if (changed == 1) {
      session.update("DELETE FROM lease WHERE owner = ?", holder(id));
    }
    return changed == 1;
  }
}
