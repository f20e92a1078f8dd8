package dev.cairn.server.cairn;

import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Audit;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The audit log, for administrators of the installation. */
final class AuditRoutes {
  private final Audit audit;

  AuditRoutes(Audit audit) {
    this.audit = audit;
  }

  void find(Request request, Response response) {
    var filter =
        new Audit.Filter(
            request.query("tenant"),
            request.query("token"),
            request.query("action"),
            request.query("object"),
            time(request, "since"),
            time(request, "until"));
    int most = Paging.limit(request, 100);
    List<Audit.Entry> found =
        audit.find(filter, number(request, "before").orElse(Long.MAX_VALUE), most);
    Map<String, Object> body = body(found);
    if (found.size() == most) {
      body.put("next", found.getLast().number());
    }
    response.json(200, body);
  }

  void chain(Request request, Response response) {
    // The end is read first, so that what is written meanwhile does not look like a fault.
    Audit.Head head = audit.head();
    long from = number(request, "from").orElse(1L);
    Map<String, Object> body =
        body(
            audit.from(from, Paging.limit(request, 1000)).stream()
                .filter(entry -> entry.number() <= head.number())
                .toList());
    body.put("head", head);
    response.json(200, body);
  }

  private Map<String, Object> body(List<Audit.Entry> entries) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("entries", entries.stream().map(AuditRoutes::entry).toList());
    body.put("head", audit.head());
    return body;
  }

  private static Map<String, Object> entry(Audit.Entry entry) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("number", entry.number());
    wire.put("at", WireBuild.time(entry.at()));
    wire.put("tenant", entry.tenant());
    wire.put("token", entry.token());
    wire.put("request", entry.request());
    wire.put("action", entry.action());
    wire.put("object", entry.object());
    wire.put("outcome", entry.outcome());
    wire.put("hash", entry.hash());
    return wire;
  }

  private static Optional<Instant> time(Request request, String name) {
    return request.query(name).map(text -> Field.read(name, text, AuditRoutes::instant));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (java.time.format.DateTimeParseException e) {
      throw new IllegalArgumentException("write a time as 2026-01-31T12:00:00Z", e);
    }
  }

  private static Optional<Long> number(Request request, String name) {
    return request
        .query(name)
        .map(text ->
            Field.read(
                name,
                text,
                t -> {
                  if (!t.matches("\\d{1,18}")) {
                    throw new IllegalArgumentException("is a number above 0");
                  }
                  return Long.parseLong(t);
                }));
  }
}
