package dev.cairn.server.cairn;

import dev.cairn.server.http.Json;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.GarbageCollection;
import dev.cairn.service.GarbageCollection.Gone;
import dev.cairn.service.GarbageCollection.Kind;
import dev.cairn.service.GarbageCollection.Progress;
import dev.cairn.service.GarbageCollection.Report;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Collection: what would go, and a run. */
final class CollectionRoutes {
  private static final String LINES = "application/jsonl";

  private final GarbageCollection collection;

  CollectionRoutes(GarbageCollection collection) {
    this.collection = collection;
  }

  void plan(Request request, Response response) {
    response.json(200, wire(collection.plan()));
  }

  void collect(Request request, Response response) throws IOException, InterruptedException {
    if (request.headers("Accept").stream().noneMatch(accept -> accept.contains(LINES))) {
      response.json(200, wire(collection.collect(progress -> {})));
      return;
    }
    response.stream(
        200,
        LINES,
        OptionalLong.empty(),
        out -> {
          var told = new Told(out);
          Report report = collection.collect(told::progress);
          told.line(Map.of("collection", wire(report)));
        });
  }

  /** A listener that has gone away does not break a run off. */
  private static final class Told {
    private final OutputStream out;
    private boolean gone;

    Told(OutputStream out) {
      this.out = out;
    }

    void progress(Progress progress) {
      Map<String, Object> wire = new LinkedHashMap<>();
      wire.put("kind", word(progress.kind()));
      wire.put("count", progress.count());
      wire.put("bytes", progress.bytes());
      try {
        if (!gone) {
          line(Map.of("progress", wire));
        }
      } catch (IOException | UncheckedIOException e) {
        gone = true;
      }
    }

    void line(Map<String, Object> value) throws IOException {
      out.write(Json.STRICT.writeValueAsBytes(value));
      out.write('\n');
      out.flush();
    }
  }

  private static Map<String, Object> wire(Report report) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("plan", report.plan());
    wire.put("bytes", report.bytes());
    wire.put("kept", report.kept());
    wire.put("keptBytes", report.keptBytes());
    wire.put("gone", report.gone().stream().map(CollectionRoutes::wire).toList());
    return wire;
  }

  private static Map<String, Object> wire(Gone gone) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("kind", word(gone.kind()));
    if (!gone.tenant().isEmpty()) {
      wire.put("tenant", gone.tenant());
    }
    wire.put("reason", gone.reason());
    wire.put("count", gone.count());
    wire.put("bytes", gone.bytes());
    return wire;
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
