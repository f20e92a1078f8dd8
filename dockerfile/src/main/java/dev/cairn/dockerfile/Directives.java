package dev.cairn.dockerfile;

import java.util.Optional;

/**
 * The parser directives at the top of a file.
 *
 * @param syntax the value of {@code # syntax=}; the parser has refused foreign ones
 * @param escape the escape character, a backslash or a backtick
 * @param check the value of {@code # check=}
 */
public record Directives(Optional<String> syntax, char escape, CheckOptions check) {
  /** What holds for a file without directives. */
  public static final Directives NONE = new Directives(Optional.empty(), '\\', CheckOptions.NONE);
}
