package dev.cairn.server.hypeman;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The hashes of known lock files at the root of a source, straight from its index. */
final class Lockfiles {
  private static final List<String> NAMES =
      List.of(
          "package-lock.json",
          "yarn.lock",
          "pnpm-lock.yaml",
          "requirements.txt",
          "poetry.lock",
          "Pipfile.lock",
          "Cargo.lock",
          "go.sum",
          "gradle.lockfile",
          "pom.xml",
          "Gemfile.lock",
          "composer.lock",
          "uv.lock",
          "bun.lock");

  private Lockfiles() {}

  /** Bare lower-case SHA-256 by name; those that are no regular files are left out. */
  static Map<String, String> hashes(FileTree files) {
    Map<String, String> found = new TreeMap<>();
    for (String name : NAMES) {
      files
          .lookup(name)
          .ifPresent(node -> {
            if (node.body() instanceof Node.Body.File file) {
              found.put(name, file.digest().hex());
            }
          });
    }
    return found;
  }
}
