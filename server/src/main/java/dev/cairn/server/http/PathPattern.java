package dev.cairn.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A route's path, as in {@code /v2/{name+}/blobs/{digest}}: literal segments, parameters of one
 * segment, and at most one greedy parameter ({@code +}) of one or more segments. Segments are
 * decoded after the path was cut, so {@code %2F} stays inside its segment.
 *
 * @param text the pattern as written
 */
public record PathPattern(String text) {

  /** Checks the pattern's form. */
  public PathPattern {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a route's path begins with a slash: " + text);
    }
    long greedy = segments(text).stream().filter(PathPattern::isGreedy).count();
    if (greedy > 1) {
      throw new IllegalArgumentException("a route has one greedy parameter at most: " + text);
    }
  }

  /** The names of the parameters, in order. */
  public List<String> parameters() {
    return segments(text).stream()
        .filter(PathPattern::isParameter)
        .map(PathPattern::parameterName)
        .toList();
  }

  /** The parameters if the decoded segments fit, else nothing. */
  Optional<Map<String, String>> match(List<String> path) {
    List<String> pattern = segments(text);
    var found = new LinkedHashMap<String, String>();
    int at = 0;
    for (int i = 0; i < pattern.size(); i++) {
      String segment = pattern.get(i);
      if (at >= path.size()) {
        return Optional.empty();
      }
      if (isGreedy(segment)) {
        int end = path.size() - (pattern.size() - i - 1);
        if (end <= at) {
          return Optional.empty();
        }
        found.put(parameterName(segment), String.join("/", path.subList(at, end)));
        at = end;
      } else if (isParameter(segment)) {
        if (path.get(at).isEmpty()) {
          return Optional.empty();
        }
        found.put(parameterName(segment), path.get(at++));
      } else if (!segment.equals(path.get(at++))) {
        return Optional.empty();
      }
    }
    return at == path.size() ? Optional.of(found) : Optional.empty();
  }

  /** Cuts a path at its slashes; a path of only a slash is one empty segment. */
  static List<String> segments(String path) {
    var all = new ArrayList<String>();
    int from = 1;
    while (true) {
      int slash = path.indexOf('/', from);
      if (slash < 0) {
        all.add(path.substring(Math.min(from, path.length())));
        return all;
      }
      all.add(path.substring(from, slash));
      from = slash + 1;
    }
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith("{");
  }

  private static boolean isGreedy(String segment) {
    return segment.endsWith("+}");
  }

  private static String parameterName(String segment) {
    return segment.substring(1, segment.length() - (isGreedy(segment) ? 2 : 1));
  }

  @Override
  public String toString() {
    return text;
  }
}
