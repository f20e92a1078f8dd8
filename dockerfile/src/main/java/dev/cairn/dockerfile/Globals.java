package dev.cairn.dockerfile;

import dev.cairn.dockerfile.words.Expander;
import dev.cairn.dockerfile.words.Expansion;
import dev.cairn.dockerfile.words.ExpansionException;
import dev.cairn.dockerfile.words.Variables;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The global scope: automatic arguments and the ARG lines before the first FROM. FROM sees it; a
 * stage sees a name of it only after redeclaring it.
 */
public record Globals(Map<String, String> values, BuildArguments arguments) {
  public Globals {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Evaluates the global ARG lines in order; a default is only expanded if it is used. */
  public static Globals of(Dockerfile file, BuildArguments arguments) {
    String stage =
        arguments.targetStage().or(() -> file.stages().getLast().name()).orElse("default");
    var values = arguments.automatic(stage);
    for (Instruction.Arg arg : file.globals()) {
      for (var declaration : arg.declarations()) {
        Optional<String> value = arguments.value(declaration.name());
        if (value.isEmpty() && declaration.defaultValue().isPresent()) {
          value =
              Optional.of(
                  expand(
                          file.directives().escape(),
                          declaration.defaultValue().get(),
                          name -> Optional.ofNullable(values.get(name)),
                          arg.source())
                      .text());
        }
        value.ifPresent(found -> values.put(declaration.name(), found));
      }
    }
    return new Globals(values, arguments);
  }

  /** Looks up global names. */
  public Variables variables() {
    return Variables.of(values);
  }

  static Expansion expand(char escape, String word, Variables variables, SourceText source) {
    return expand(Expander.words(escape), word, variables, source);
  }

  static Expansion expand(Expander expander, String word, Variables variables, SourceText source) {
    try {
      return expander.expand(word, variables);
    } catch (ExpansionException e) {
      throw new DockerfileException(
          e.isQuote() ? Problem.QUOTE : Problem.SUBSTITUTION,
          String.valueOf(e.getMessage()),
          source);
    }
  }
}
