package dev.cairn.app.command;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The flags of {@code docker buildx build} that are not offered. This list is the one place that
 * decides; each is refused by its name with what works instead.
 */
final class LaterFlags {
  private static final Map<String, String> VALUED = valued();
  private static final Map<String, String> PLAIN =
      Map.of(
          "--load",
          "use --output type=docker,dest=- and pipe it into docker load",
          "-D",
          "set CAIRN_DEBUG=1 to see where an error came from",
          "--debug",
          "set CAIRN_DEBUG=1 to see where an error came from");

  private LaterFlags() {}

  private static Map<String, String> valued() {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("--attest", "leave it out, or use --provenance=false and --sbom=false");
    flags.put("--cache-from", "the server keeps the cache; name one by --cache-scope");
    flags.put("--cache-to", "the server keeps the cache; name one by --cache-scope");
    flags.put("--cgroup-parent", "use --memory and --cpus for limits");
    flags.put("--policy", "leave it out");
    flags.put("--ssh", "give the key as a --secret and mount it where it is needed");
    return flags;
  }

  /** Adds them to the command, so that they are known and can be refused. */
  static void addTo(CommandSpec spec) {
    VALUED.keySet().forEach(flag -> spec.addOption(option(flag, "1", String[].class)));
    PLAIN.keySet().forEach(flag -> spec.addOption(option(flag, "0", boolean.class)));
  }

  private static OptionSpec option(String flag, String arity, Class<?> type) {
    return OptionSpec.builder(flag).arity(arity).type(type).hidden(true).build();
  }

  /** Refuses the first that was given. */
  static void refuse(ParseResult parsed) {
    VALUED.forEach((flag, instead) -> refuse(parsed, flag, instead));
    PLAIN.forEach((flag, instead) -> refuse(parsed, flag, instead));
  }

  private static void refuse(ParseResult parsed, String flag, String instead) {
    if (parsed.hasMatchedOption(flag)) {
      throw new UsageException(flag + " is not offered: " + instead);
    }
  }
}
