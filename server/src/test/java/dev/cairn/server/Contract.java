package dev.cairn.server;

import dev.cairn.server.http.Access;
import dev.cairn.server.http.Route;
import dev.cairn.service.Right;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * An OpenAPI document, as the tests read it.
 *
 * @param document all of it
 */
public record Contract(JsonNode document) {

  /** The one beside this class. */
  public static Contract beside(Class<?> type) throws IOException {
    try (InputStream in = type.getResourceAsStream("openapi.yaml")) {
      return new Contract(new YAMLMapper().readTree(in));
    }
  }

  /** Method, path below {@code base} and right of each operation. */
  public Set<String> operations(String base) {
    Set<String> told = new TreeSet<>();
    for (var path : document.path("paths").properties()) {
      for (var operation : path.getValue().properties()) {
        if (!operation.getKey().equals("parameters")) {
          told.add(
              operation.getKey().toUpperCase(Locale.ROOT)
                  + " "
                  + base
                  + path.getKey()
                  + " "
                  + operation.getValue().path("x-right").stringValue());
        }
      }
    }
    return told;
  }

  /** The same of routes. */
  public static Set<String> operations(List<Route> routes) {
    return routes.stream()
        .map(route -> route + " " + right(route.access()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String right(Access access) {
    return access instanceof Access.Bearer bearer
        ? bearer.rights().stream().map(Right::text).sorted().collect(Collectors.joining(" or "))
        : "public";
  }

  /** A schema. */
  public JsonNode schema(String name) {
    return document.path("components").path("schemas").path(name);
  }
}
