package dev.cairn.dockerfile;

import static org.assertj.core.api.Assertions.fail;

import dev.cairn.dockerfile.ignore.IgnoreFile;
import dev.cairn.dockerfile.words.Expander;
import dev.cairn.dockerfile.words.ExpansionException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random hostile input: only the promised exceptions, never another. */
final class FuzzTest {
  private static final String[] PIECES = {
    "FROM x",
    "\n",
    "RUN ",
    "COPY ",
    "ENV ",
    "ARG a=",
    "--from=",
    "--mount=type=cache,",
    "${",
    "}",
    "$a",
    ":-",
    "//",
    "%%",
    "##",
    "\"",
    "'",
    "\\",
    "`",
    "<<EOF",
    "<<-E ",
    "EOF\n",
    "[\"",
    "\"]",
    "#",
    " ",
    "\t",
    "\r\n",
    "ONBUILD ",
    "AS b",
    "*",
    "**/",
    "!",
    "[a-",
    "\u0000",
    "\uFEFF",
    "é",
    "=",
    "HEALTHCHECK --interval=",
    "EXPOSE 1-",
    "# escape=`\n",
    ",",
    "target=/x",
    "FROM $a AS c\n"
  };

  @Test
  void neverFailsUnexpectedly() {
    long seconds = Long.getLong("cairn.fuzz.seconds", 1);
    long seed = Long.getLong("cairn.fuzz.seed", System.nanoTime());
    System.out.println("fuzz seed " + seed);
    var random = new Random(seed);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      var text = new StringBuilder(random.nextBoolean() ? "FROM x\n" : "");
      for (int i = random.nextInt(40); i >= 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      try {
        tryAll(text.toString());
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed + ", text: " + text, e);
      }
    }
  }

  private static void tryAll(String text) {
    try {
      var file = Dockerfile.parse("f", text);
      var graph = StageGraph.of(file, BuildArguments.NONE, Set.of());
      graph.needed(graph.target(Optional.empty()));
      var scope = Scope.ofImage('\\', graph.globals(), Map.of(), "/");
      graph.instructions(0).forEach(scope::apply);
    } catch (DockerfileException e) {
      // Refused, as it should be.
    }
    try {
      Expander.words('\\').expand(text, name -> Optional.of(text));
    } catch (ExpansionException e) {
      // Refused.
    }
    try {
      var ignore = IgnoreFile.parse(text.getBytes(StandardCharsets.UTF_8));
      ignore.excludes("a/b/c");
      ignore.canPrune("a");
    } catch (IllegalArgumentException e) {
      // Refused.
    }
  }
}
