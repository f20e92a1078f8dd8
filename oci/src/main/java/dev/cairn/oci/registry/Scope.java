package dev.cairn.oci.registry;

import dev.cairn.oci.RepositoryName;
import java.util.List;

/**
 * What a token is asked for: exactly these repositories and actions, whatever the registry's
 * challenge suggests.
 */
record Scope(List<String> entries) {

  static Scope pull(RepositoryName name) {
    return new Scope(List.of("repository:" + name + ":pull"));
  }

  static Scope push(RepositoryName name) {
    return new Scope(List.of("repository:" + name + ":pull,push"));
  }

  static Scope delete(RepositoryName name) {
    return new Scope(List.of("repository:" + name + ":delete"));
  }

  /** Writing to one repository what another one has. */
  static Scope mount(RepositoryName to, RepositoryName from) {
    return new Scope(List.of("repository:" + from + ":pull", "repository:" + to + ":pull,push"));
  }
}
