package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The isolation that a server under test gives its steps. */
enum Rung {
  /** A service of root, each of whose steps is in a user namespace of its own. */
  USER_NAMESPACE,
  /** A service of root, whose steps have no user namespace. */
  PLAIN,
  /** A service of an ordinary user with subordinate numbers. */
  ROOTLESS,
  /** A service of an ordinary user without: everybody in a step is that user. */
  ROOTLESS_SINGLE_ID;

  /** What {@code -Dcairn.rung} names; else the best that a service of root has. */
  static Rung chosen() {
    String name = System.getProperty("cairn.rung", "user-namespace");
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Whether the service is an ordinary user's. */
  boolean isRootless() {
    return this == ROOTLESS || this == ROOTLESS_SINGLE_ID;
  }

  /** As the server calls it. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * What the server is started with, so that it has this rung and no other.
   *
   * @param work a directory that outlives the server
   */
  List<String> serveOptions(Path work) throws IOException {
    return switch (this) {
      case USER_NAMESPACE, ROOTLESS, ROOTLESS_SINGLE_ID -> List.of("--isolation-minimum", text());
      case PLAIN ->
          List.of("--runtime", PlainRuntime.in(work).toString(), "--isolation-minimum", text());
    };
  }

  /** Where the deliberate differences of a recipe are kept: on this rung, or on all of them. */
  Path differences(Recipe recipe) {
    Path own = recipe.folder().resolve("differences-" + text());
    return Files.exists(own) ? own : recipe.folder().resolve("differences");
  }
}
