package dev.cairn.dockerfile.check;

import dev.cairn.dockerfile.CommandLine;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Stage;
import dev.cairn.dockerfile.ignore.GlobPattern;
import dev.cairn.dockerfile.ignore.IgnoreFile;
import dev.cairn.dockerfile.value.Ports;
import dev.cairn.dockerfile.value.RemoteKind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Rules about one instruction, or about several of one stage. */
final class StageRules {
  private static final Set<String> SECRET =
      Set.of(
          "apikey",
          "auth",
          "credential",
          "credentials",
          "key",
          "password",
          "pword",
          "passwd",
          "secret",
          "token");
  private static final Set<String> PUBLIC = Set.of("public", "file", "version");

  private final IgnoreFile ignore;
  private final Report report;
  private final Map<String, Instruction> single = new HashMap<>();
  private boolean shellSet;

  private StageRules(IgnoreFile ignore, Report report) {
    this.ignore = ignore;
    this.report = report;
  }

  static void check(Stage stage, IgnoreFile ignore, Report report) {
    var rules = new StageRules(ignore, report);
    stage.instructions().forEach(rules::check);
  }

  private void check(Instruction instruction) {
    switch (instruction) {
      case Instruction.Maintainer m ->
          report.add(
              Rule.MAINTAINER_DEPRECATED,
              m,
              "Maintainer instruction is deprecated in favor of using label");
      case Instruction.Env env -> {
        legacy(env, env.pairs());
        env.pairs().forEach(pair -> secret(env, pair.key()));
      }
      case Instruction.Label label -> legacy(label, label.pairs());
      case Instruction.Arg arg -> arg.declarations().forEach(d -> secret(arg, d.name()));
      case Instruction.Shell s -> shellSet = true;
      case Instruction.Cmd cmd -> command(cmd, cmd.command());
      case Instruction.Entrypoint entry -> command(entry, entry.command());
      case Instruction.Healthcheck health -> once(health);
      case Instruction.Expose expose -> expose.words().forEach(word -> port(expose, word));
      case Instruction.Copy copy -> {
        if (copy.from().isEmpty()) {
          copy.sources().paths().forEach(path -> ignored(copy, path));
        }
      }
      case Instruction.Add add -> add.sources().paths().forEach(path -> ignored(add, path));
      default -> {}
    }
  }

  private void legacy(Instruction instruction, List<Instruction.Pair> pairs) {
    if (pairs.stream().anyMatch(Instruction.Pair::legacy)) {
      String name = instruction.keyword();
      report.add(
          Rule.LEGACY_KEY_VALUE_FORMAT,
          instruction,
          String.format(
              "\"%s key=value\" should be used instead of legacy \"%s key value\" format",
              name, name));
    }
  }

  private void secret(Instruction instruction, String name) {
    List<String> words = List.of(name.toLowerCase(Locale.ROOT).split("_"));
    if (words.stream().anyMatch(SECRET::contains) && words.stream().noneMatch(PUBLIC::contains)) {
      report.add(
          Rule.SECRETS_USED_IN_ARG_OR_ENV,
          instruction,
          "Do not use ARG or ENV instructions for sensitive data ("
              + instruction.keyword()
              + " \""
              + name
              + "\")");
    }
  }

  private void command(Instruction instruction, CommandLine command) {
    once(instruction);
    if (!shellSet && command instanceof CommandLine.Shell) {
      report.add(
          Rule.JSON_ARGS_RECOMMENDED,
          instruction,
          "JSON arguments recommended for "
              + instruction.keyword()
              + " to prevent unintended behavior related to OS signals");
    }
  }

  private void once(Instruction instruction) {
    Instruction earlier = single.put(instruction.keyword(), instruction);
    if (earlier != null) {
      report.add(
          Rule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
          earlier,
          "Multiple "
              + instruction.keyword()
              + " instructions should not be used in the same stage because only the last one will"
              + " be used");
    }
  }

  private void port(Instruction expose, String word) {
    Ports ports;
    try {
      ports = Ports.parse(word);
    } catch (IllegalArgumentException e) {
      return;
    }
    if (ports.upperCaseProtocol()) {
      report.add(
          Rule.EXPOSE_PROTO_CASING,
          expose,
          "Defined protocol '" + word + "' in EXPOSE instruction should be lowercase");
    }
    if (ports.hostPart()) {
      report.add(
          Rule.EXPOSE_INVALID_FORMAT,
          expose,
          "EXPOSE instruction should not define an IP address or host-port mapping, found '"
              + word
              + "'");
    }
  }

  private void ignored(Instruction instruction, String path) {
    boolean plain =
        !ignore.hasNegations()
            && path.indexOf('$') < 0
            && !GlobPattern.hasWildcard(path)
            && RemoteKind.of(path) == RemoteKind.LOCAL;
    String clean = dev.cairn.dockerfile.Paths.absolute("/", path).substring(1);
    if (plain && !clean.isEmpty() && ignore.excludes(clean)) {
      String keyword = instruction.keyword();
      report.add(
          Rule.COPY_IGNORED_FILE,
          instruction,
          "Attempting to "
              + keyword.charAt(0)
              + keyword.substring(1).toLowerCase(Locale.ROOT)
              + " file \""
              + path
              + "\" that is excluded by .dockerignore");
    }
  }
}
