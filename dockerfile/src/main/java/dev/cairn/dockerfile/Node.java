package dev.cairn.dockerfile;

import java.util.List;
import java.util.Locale;

/**
 * One logical line, taken apart but not understood.
 *
 * @param flags the words before the arguments that start with {@code --}, quotes removed
 * @param rest the arguments
 * @param emptyContinuation a blank line stood inside the continuation
 */
record Node(
    SourceText source,
    List<String> flags,
    String rest,
    List<Heredoc> heredocs,
    boolean emptyContinuation) {
  Node {
    flags = List.copyOf(flags);
    heredocs = List.copyOf(heredocs);
  }

  String keyword() {
    return source.keyword().toUpperCase(Locale.ROOT);
  }
}
