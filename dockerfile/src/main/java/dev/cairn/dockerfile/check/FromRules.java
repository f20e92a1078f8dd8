package dev.cairn.dockerfile.check;

import dev.cairn.dockerfile.Globals;
import dev.cairn.dockerfile.Instruction;
import dev.cairn.dockerfile.Stage;
import dev.cairn.dockerfile.value.PlatformName;
import dev.cairn.dockerfile.words.Expander;
import dev.cairn.dockerfile.words.ExpansionException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Names, casing and platforms of FROM. */
final class FromRules {
  private static final Set<String> RESERVED = Set.of("scratch", "context");
  private static final Set<String> TARGET = Set.of("$TARGETPLATFORM", "${TARGETPLATFORM}");

  /** Enough of an image reference's grammar to see a missing part. */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "[a-zA-Z0-9][a-zA-Z0-9._/-]{0,255}(:[0-9]{1,5}/[a-z0-9][a-z0-9._/-]{0,255})?"
              + "(:[\\w][\\w.-]{0,127})?(@[a-z0-9]{1,20}:[0-9a-fA-F]{32,128})?");

  private FromRules() {}

  static void check(Stage stage, Report report) {
    Instruction.From from = stage.from();
    String[] words = from.text().trim().split("\\s+");
    if (from.name().isPresent()) {
      String name = words[words.length - 1];
      String as = words[words.length - 2];
      if (!CasingRules.isLower(name)) {
        report.add(Rule.STAGE_NAME_CASING, from, "Stage name '" + name + "' should be lowercase");
      }
      String keyword = from.source().keyword();
      boolean differs =
          (CasingRules.isLower(keyword) && !CasingRules.isLower(as))
              || (CasingRules.isUpper(keyword) && !CasingRules.isUpper(as));
      if (differs) {
        report.add(
            Rule.FROM_AS_CASING,
            from,
            "'" + as + "' and '" + keyword + "' keywords' casing do not match");
      }
      if (RESERVED.contains(from.name().get())) {
        report.add(
            Rule.RESERVED_STAGE_NAME,
            from,
            "Stage name should not use the same name as reserved stage \""
                + from.name().get()
                + "\"");
      }
    }
    from.platform().ifPresent(platform -> platform(from, platform, report));
  }

  private static void platform(Instruction.From from, String platform, Report report) {
    if (TARGET.contains(platform)) {
      report.add(
          Rule.REDUNDANT_TARGET_PLATFORM,
          from,
          "Setting platform to predefined "
              + platform
              + " in FROM is redundant as this is the default behavior");
    } else if (platform.indexOf('$') < 0 && !namedAfter(from, platform)) {
      report.add(
          Rule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
          from,
          "FROM --platform flag should not use constant value \"" + platform + "\"");
    }
  }

  private static boolean namedAfter(Instruction.From from, String platform) {
    String name = from.name().orElse("").toLowerCase(Locale.ROOT);
    try {
      var parsed = PlatformName.parse(platform);
      return name.contains(parsed.os()) || name.contains(parsed.architecture());
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  static void checkDefault(Stage stage, char escape, Globals globals, Report report) {
    String base = stage.from().base();
    if (base.indexOf('$') < 0) {
      return;
    }
    String name;
    try {
      name = Expander.words(escape).expand(base, globals.variables()).text();
    } catch (ExpansionException e) {
      name = "";
    }
    if (!REFERENCE.matcher(name).matches()) {
      report.add(
          Rule.INVALID_DEFAULT_ARG_IN_FROM,
          stage.from(),
          "Default value for ARG " + base + " results in empty or invalid base image name");
    }
  }
}
