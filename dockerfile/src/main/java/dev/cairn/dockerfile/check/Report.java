package dev.cairn.dockerfile.check;

import dev.cairn.dockerfile.CheckOptions;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Location;
import dev.cairn.dockerfile.SourceText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects findings, leaving out what the file or a comment above an instruction skips. */
final class Report {
  private final CheckOptions options;
  private final List<Warning> warnings = new ArrayList<>();

  Report(CheckOptions options) {
    this.options = options;
  }

  void add(Rule rule, Instruction instruction, String message) {
    add(rule, instruction.source(), instruction.location(), message);
  }

  void add(Rule rule, SourceText source, Location location, String message) {
    boolean off =
        options.skipAll()
            || options.skip().contains(rule.title())
            || skippedAbove(rule, source)
            || (rule.isExperimental()
                && !options.experimentalAll()
                && !options.experimental().contains(rule.title()));
    var warning = new Warning(rule, message, location);
    if (!off && !warnings.contains(warning)) {
      warnings.add(warning);
    }
  }

  private static boolean skippedAbove(Rule rule, SourceText source) {
    for (String comment : source.comments()) {
      String text = comment.replace(" ", "");
      if (text.startsWith("check=skip=")) {
        for (String name : text.substring("check=skip=".length()).split("[,;]")) {
          if (name.equals("all") || name.equals(rule.title())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  List<Warning> sorted() {
    return warnings.stream()
        .sorted(
            Comparator.comparingInt((Warning w) -> w.location().firstLine())
                .thenComparing(Warning::rule))
        .toList();
  }
}
