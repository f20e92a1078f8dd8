package dev.cairn.dockerfile;

import java.util.List;

/** What RUN, CMD, ENTRYPOINT and HEALTHCHECK start. Never expanded by the builder. */
public sealed interface CommandLine {
  /** Exec form: the words, started without a shell. May be empty for CMD and ENTRYPOINT. */
  record Exec(List<String> words) implements CommandLine {
    public Exec {
      words = List.copyOf(words);
    }
  }

  /**
   * Shell form: one argument appended to the words of SHELL. Heredocs that the shell itself has to
   * read are part of the text; a lone heredoc of RUN is just its body.
   */
  record Shell(String text) implements CommandLine {}

  /**
   * RUN with a lone heredoc that starts with {@code #!}: the content is put into {@code
   * /dev/pipes/<name>}, mode 0755, for the time of the step and executed directly.
   */
  record Script(String name, String content) implements CommandLine {}
}
