package dev.cairn.service.queue;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildState;
import dev.cairn.build.Phase;
import dev.cairn.build.TenantId;
import dev.cairn.service.Build;
import dev.cairn.service.BuildQuery;
import dev.cairn.service.builder.BuilderRows;
import dev.cairn.service.json.ModelJson;
import dev.cairn.service.store.Row;
import dev.cairn.service.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Builds as rows. */
final class BuildRows {
  private BuildRows() {}

  static String spell(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static BuildState state(Row row) throws SQLException {
    return BuildState.valueOf(row.text("state").toUpperCase(Locale.ROOT));
  }

  /** A build without its place in the queue. */
  static Build build(Row row) throws SQLException {
    Optional<Build.CancelRequest> cancel =
        row.optionalText("cancel_who").isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Build.CancelRequest(
                    row.text("cancel_who"), row.time("cancel_at"), row.text("cancel_why")));
    return new Build(
        BuildId.parse(row.text("id")),
        ModelJson.read(row.text("request"), BuildRequest.class),
        state(row),
        row.optionalText("phase").map(text -> Phase.valueOf(text.toUpperCase(Locale.ROOT))),
        Optional.empty(),
        (int) row.number("attempt"),
        new Build.Times(
            row.time("accepted_at"),
            row.optionalTime("started_at"),
            row.optionalTime("completed_at")),
        cancel,
        row.optionalText("failure").map(text -> ModelJson.read(text, BuildFailure.class)),
        row.optionalText("result").map(text -> ModelJson.read(text, Build.Outcome.class)));
  }

  static Optional<Build> find(Session session, TenantId tenant, BuildId id) throws SQLException {
    return session.one(
        "SELECT * FROM build WHERE tenant = ? AND id = ?", BuildRows::build, tenant, id);
  }

  static void insert(
      Session session, BuildId id, BuildRequest request, Instant now, Optional<Instant> queueUntil)
      throws SQLException {
    var schedule = request.schedule();
    session.update(
        """
        INSERT INTO build (id, tenant, dialect, resource, request, state, accepted_at, priority,
          not_before, draft, serial_key, dedupe_key, supersede_key, needs, queue_until)
        VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        id,
        request.tenant(),
        request.origin().dialect(),
        request.origin().resource(),
        ModelJson.write(request),
        now,
        schedule.priority(),
        schedule.notBefore(),
        schedule.draft(),
        request.cache().builder().map(BuilderRows::serialKey).or(schedule::serialKey),
        schedule.dedupeKey(),
        schedule.supersedeKey(),
        String.join(" ", schedule.needs().stream().map(BuildId::toString).toList()),
        queueUntil);
    session.updateEach(
        "INSERT INTO build_label (tenant, build, name, value) VALUES (?, ?, ?, ?)",
        request.labels().entrySet().stream()
            .map(label -> List.of(request.tenant(), id, label.getKey(), label.getValue()))
            .toList());
  }

  /** Newest first; one more than asked for, to know whether a page follows. */
  static List<Build> list(Session session, TenantId tenant, BuildQuery query) throws SQLException {
    var sql = new StringBuilder("SELECT * FROM build WHERE tenant = ?");
    var arguments = new ArrayList<Object>(List.of(tenant));
    if (!query.states().isEmpty()) {
      sql.append(" AND state IN (").append("?, ".repeat(query.states().size() - 1)).append("?)");
      query.states().forEach(state -> arguments.add(spell(state)));
    }
    query
        .labels()
        .forEach((name, value) -> {
          sql.append(
              " AND id IN (SELECT build FROM build_label WHERE tenant = ? AND name = ? AND value = ?)");
          arguments.addAll(List.of(tenant, name, value));
        });
    query.dialect().ifPresent(value -> add(sql, arguments, " AND dialect = ?", value));
    query.resource().ifPresent(value -> add(sql, arguments, " AND resource = ?", value));
    query.acceptedAfter().ifPresent(value -> add(sql, arguments, " AND accepted_at > ?", value));
    query.after().ifPresent(value -> add(sql, arguments, " AND id < ?", value));
    add(sql, arguments, " ORDER BY id DESC LIMIT ?", query.most() + 1);
    return session.all(sql.toString(), BuildRows::build, arguments.toArray());
  }

  private static void add(StringBuilder sql, List<Object> arguments, String text, Object value) {
    sql.append(text);
    arguments.add(value);
  }
}
