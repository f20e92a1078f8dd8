package dev.cairn.server.http;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the route of a request among those of a listener's dialects; the first that fits wins. */
final class Router {
  private final List<Entry> entries = new ArrayList<>();
  private final List<Dialect> dialects;

  /**
   * @throws IllegalStateException if two routes are the same
   */
  Router(List<Dialect> dialects) {
    this.dialects = List.copyOf(dialects);
    Set<String> seen = new HashSet<>();
    for (Dialect dialect : dialects) {
      for (Route route : dialect.routes()) {
        if (!seen.add(route.method() + " " + route.path())) {
          throw new IllegalStateException(
              "two routes are declared for " + route.method() + " " + route.path());
        }
        entries.add(new Entry(dialect, route));
      }
    }
  }

  private record Entry(Dialect dialect, Route route) {}

  /** What a path leads to. */
  sealed interface Match {
    /** The dialect whose error bodies count. */
    Dialect dialect();

    /** A route. */
    record Found(Dialect dialect, Route route, Map<String, String> parameters) implements Match {}

    /** Other methods only. */
    record WrongMethod(Dialect dialect, Set<Method> allowed) implements Match {}

    /** Nothing. */
    record Nothing(Dialect dialect) implements Match {}
  }

  Match find(String method, String rawPath) {
    List<String> path =
        PathPattern.segments(rawPath).stream().map(PercentDecoder::segment).toList();
    Set<Method> allowed = EnumSet.noneOf(Method.class);
    Dialect dialect = null;
    for (Entry entry : entries) {
      var parameters = entry.route.path().match(path);
      if (parameters.isEmpty()) {
        continue;
      }
      if (entry.route.method().name().equals(method)) {
        return new Match.Found(entry.dialect, entry.route, parameters.get());
      }
      allowed.add(entry.route.method());
      dialect = dialect == null ? entry.dialect : dialect;
    }
    return dialect == null
        ? new Match.Nothing(byPrefix(rawPath))
        : new Match.WrongMethod(dialect, allowed);
  }

  /** The dialect that answers for paths without a route: the one with the longest prefix. */
  Dialect byPrefix(String rawPath) {
    Dialect best = dialects.getFirst();
    int length = -1;
    for (Dialect dialect : dialects) {
      for (String prefix : dialect.prefixes()) {
        if (rawPath.startsWith(prefix) && prefix.length() > length) {
          best = dialect;
          length = prefix.length();
        }
      }
    }
    return best;
  }
}
