package dev.cairn.app.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What is built, and how its RUN steps see the world. */
final class RecipeFlags {
  private static final Pattern ULIMIT =
      Pattern.compile("([a-z]+)=(-?\\d{1,18})(?::(-?\\d{1,18}))?");

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "the Dockerfile; - reads standard input; default PATH/Dockerfile")
  Optional<String> file = Optional.empty();

  @Option(names = "--target", paramLabel = "STAGE", description = "the stage to build")
  Optional<String> target = Optional.empty();

  @Option(
      names = "--build-arg",
      paramLabel = "NAME[=VALUE]",
      description = "an argument; without a value the environment's is taken")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--build-context",
      paramLabel = "NAME=DIR",
      description = "a further context, or NAME=docker-image://REFERENCE")
  private List<String> contexts = new ArrayList<>();

  @Option(names = "--platform", paramLabel = "OS/ARCH", description = "the image's platform")
  private List<String> platforms = new ArrayList<>();

  @Option(
      names = "--secret",
      paramLabel = "id=ID[,src=FILE|,env=NAME]",
      description = "a secret for RUN --mount=type=secret; sent sealed, never kept")
  private List<String> secrets = new ArrayList<>();

  @Option(
      names = "--stored-secret",
      paramLabel = "ID[=STORED]",
      description = "a secret that cairn secret set stored at the server")
  private List<String> storedSecrets = new ArrayList<>();

  @Option(
      names = "--add-host",
      paramLabel = "HOST:IP",
      description = "a line in the hosts file of RUN steps")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--network",
      paramLabel = "MODE",
      description = "what RUN steps reach: default, none, isolated (what the operator lists)")
  private Optional<String> network = Optional.empty();

  @Option(
      names = "--allow-host",
      paramLabel = "NAME|CIDR[:PORT]",
      description = "let RUN steps reach only this name, *.name or range (repeatable)")
  private List<String> allowHosts = new ArrayList<>();

  @Option(
      names = "--allow",
      paramLabel = "PRIVILEGE",
      split = ",",
      description = {
        "accept that RUN steps get network.host, security.insecure or device=NAME,",
        "which the operator must allow as well"
      })
  private List<String> allowed = new ArrayList<>();

  @Option(names = "--shm-size", paramLabel = "SIZE", description = "size of /dev/shm")
  private Optional<String> shmSize = Optional.empty();

  @Option(
      names = "--ulimit",
      paramLabel = "NAME=SOFT[:HARD]",
      description = "a limit of RUN steps' processes")
  private List<String> ulimits = new ArrayList<>();

  @Option(names = "--pull", description = "always so: tags are resolved anew on every build")
  boolean pull;

  @Option(names = "--check", description = "only report what the build checks find; builds nothing")
  private boolean check;

  @Option(
      names = "--call",
      paramLabel = "METHOD",
      description = "build, or check for the same as --check")
  private Optional<String> call = Optional.empty();

  /** Whether only the checks are wanted. */
  boolean checkOnly() {
    String method = call.orElse("build");
    return switch (method) {
      case "build" -> check;
      case "check", "lint" -> true;
      default ->
          throw new UsageException(
              "--call " + method + " is not offered: it is build or check here");
    };
  }

  /** The build arguments; one without a value or variable is left out, as docker does. */
  Map<String, String> arguments(Map<String, String> environment) {
    Map<String, String> given = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (name.isBlank()) {
        throw new UsageException("--build-arg is written NAME=VALUE or NAME");
      }
      if (equals >= 0) {
        given.put(name, argument.substring(equals + 1));
      } else if (environment.containsKey(name)) {
        given.put(name, environment.getOrDefault(name, ""));
      }
    }
    return given;
  }

  /** Further contexts by name. */
  Map<String, String> contexts() {
    return pairs("--build-context", "NAME=DIR", contexts);
  }

  /** The platforms, each as OS/ARCH. */
  List<String> platforms() {
    List<String> all =
        platforms.stream().flatMap(each -> List.of(each.split(",")).stream()).toList();
    if (all.size() > 1) {
      throw new UsageException(
          "--platform takes one platform; build each by itself, several in one come later");
    }
    return all;
  }

  /** The secrets whose values travel with the request. */
  List<SecretOption> secrets() {
    return secrets.stream().map(SecretOption::parse).toList();
  }

  /** Secrets of the server: id in the build to stored id. */
  Map<String, String> storedSecrets() {
    Map<String, String> stored = new LinkedHashMap<>();
    for (String each : storedSecrets) {
      int equals = each.indexOf('=');
      stored.put(equals < 0 ? each : each.substring(0, equals), each.substring(equals + 1));
    }
    return stored;
  }

  /** Added hosts. */
  Map<String, String> hosts() {
    Map<String, String> added = new LinkedHashMap<>();
    for (String host : hosts) {
      // The address may hold colons; the name may not.
      int cut = host.indexOf('=') > 0 ? host.indexOf('=') : host.indexOf(':');
      if (cut < 1 || cut == host.length() - 1) {
        throw new UsageException("--add-host is written HOST:IP, not: " + host);
      }
      String address = host.substring(cut + 1);
      if (address.equals("host-gateway")) {
        throw new UsageException(
            "--add-host "
                + host
                + " is not offered: builds do not reach the host; name an address");
      }
      added.put(host.substring(0, cut), address.replaceAll("^\\[(.*)]$", "$1"));
    }
    return added;
  }

  /** The network mode in the words of the API. */
  Optional<Object> network() {
    if (!allowHosts.isEmpty()) {
      if (network.isPresent() && !network.get().equals("default")) {
        throw new UsageException(
            "--allow-host narrows the default network; with --network "
                + network.get()
                + " it has no meaning");
      }
      return Optional.of(Map.of("allow", allowHosts));
    }
    return network.map(mode ->
        switch (mode) {
          case "default", "egress" -> "egress";
          case "none", "isolated" -> mode;
          default ->
              throw new UsageException(
                  "--network " + mode + " is not offered: it is default, none or isolated");
        });
  }

  /** Privileges that the build accepts for its steps. */
  List<String> allowed() {
    return allowed;
  }

  /** Size of {@code /dev/shm} in bytes. */
  Optional<Long> shmBytes() {
    return shmSize.map(text -> ByteSize.parse("--shm-size", text));
  }

  /** Limits of processes: name to soft and hard. */
  Map<String, Map<String, Long>> ulimits() {
    Map<String, Map<String, Long>> limits = new LinkedHashMap<>();
    for (String text : ulimits) {
      var match = ULIMIT.matcher(text);
      if (!match.matches()) {
        throw new UsageException("--ulimit is written NAME=SOFT[:HARD], not: " + text);
      }
      long soft = Long.parseLong(match.group(2));
      long hard = match.group(3) == null ? soft : Long.parseLong(match.group(3));
      limits.put(match.group(1), Map.of("soft", soft, "hard", hard));
    }
    return limits;
  }

  static Map<String, String> pairs(String option, String form, List<String> texts) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new UsageException(option + " is written " + form + ", not: " + text);
      }
      pairs.put(text.substring(0, equals), text.substring(equals + 1));
    }
    return pairs;
  }
}
