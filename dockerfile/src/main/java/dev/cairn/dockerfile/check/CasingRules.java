package dev.cairn.dockerfile.check;

import dev.cairn.dockerfile.Dockerfile;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Location;
import dev.cairn.dockerfile.SourceText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How keywords are spelled, and blank lines inside an instruction. */
final class CasingRules {
  private CasingRules() {}

  static void check(Dockerfile file, Report report) {
    List<SourceText> sources = new ArrayList<>();
    file.globals().forEach(arg -> sources.add(arg.source()));
    file.stages()
        .forEach(stage -> {
          sources.add(stage.from().source());
          stage.instructions().stream().map(Instruction::source).forEach(sources::add);
        });
    long lower = sources.stream().filter(source -> isLower(source.keyword())).count();
    long upper = sources.stream().filter(source -> isUpper(source.keyword())).count();
    boolean lowerWins = lower > upper;
    for (SourceText source : sources) {
      String keyword = source.keyword();
      if (lowerWins ? !isLower(keyword) : !isUpper(keyword)) {
        report.add(
            Rule.CONSISTENT_INSTRUCTION_CASING,
            source,
            source.location(),
            "Command '"
                + keyword
                + "' should match the case of the command majority ("
                + (lowerWins ? "lowercase" : "uppercase")
                + ")");
      }
      if (file.emptyContinuations().contains(source.location())) {
        int last = source.location().lastLine();
        report.add(
            Rule.NO_EMPTY_CONTINUATION,
            source,
            Location.line(file.fileName(), last),
            "Empty continuation line");
      }
    }
  }

  static boolean isLower(String word) {
    return word.equals(word.toLowerCase(Locale.ROOT));
  }

  static boolean isUpper(String word) {
    return word.equals(word.toUpperCase(Locale.ROOT));
  }
}
