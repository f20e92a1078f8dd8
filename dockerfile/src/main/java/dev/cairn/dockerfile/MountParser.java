package dev.cairn.dockerfile;

import dev.cairn.dockerfile.value.ByteSize;
import dev.cairn.dockerfile.value.Suggestion;
import dev.cairn.dockerfile.words.Expander;
import dev.cairn.dockerfile.words.ExpansionException;
import dev.cairn.dockerfile.words.Variables;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads {@code --mount} values: expansion, keys by type, defaults. Order of keys matters. */
final class MountParser {
  private static final List<String> TYPES = List.of("bind", "cache", "tmpfs", "secret", "ssh");
  private static final List<String> KEYS =
      List.of(
          "type",
          "from",
          "source",
          "src",
          "target",
          "dst",
          "destination",
          "readonly",
          "ro",
          "readwrite",
          "rw",
          "required",
          "size",
          "id",
          "sharing",
          "mode",
          "uid",
          "gid",
          "env");
  private static final Map<String, String> SYNONYMS =
      Map.of(
          "src",
          "source",
          "dst",
          "target",
          "destination",
          "target",
          "ro",
          "readonly",
          "rw",
          "readwrite");

  private final SourceText source;
  private final Map<String, String> values = new HashMap<>();
  private String type = "bind";
  private Optional<Boolean> readOnly = Optional.empty();

  private MountParser(SourceText source) {
    this.source = source;
  }

  static Mount parse(
      String value, Expander expander, Variables variables, String workdir, SourceText source) {
    var parser = new MountParser(source);
    for (String field : parser.fields(value)) {
      parser.field(field, expander, variables);
    }
    return parser.mount(workdir);
  }

  /** What can be said before expansion: it is CSV, and from= has no variable. */
  static void checkFrom(String value, SourceText source) {
    from(value, source);
  }

  /** The from= of a mount, which is never expanded. */
  static Optional<String> from(String value, SourceText source) {
    Optional<String> from = Optional.empty();
    for (String field : new MountParser(source).fields(value)) {
      if (field.regionMatches(true, 0, "from=", 0, 5)) {
        String name = field.substring(5);
        int dollar = name.indexOf('$');
        if (dollar >= 0 && dollar + 1 < name.length()) {
          throw new DockerfileException(
              Problem.MOUNT_FROM,
              "'from' doesn't support variable expansion, define alias stage instead",
              source);
        }
        from = Optional.of(name).filter(text -> !text.isEmpty());
      }
    }
    return from;
  }

  static RunOptions.Device device(String value, Node node) {
    String name = "";
    boolean required = false;
    for (String field : new MountParser(node.source()).fields(value)) {
      if (field.equalsIgnoreCase("required")) {
        required = true;
      } else if (field.regionMatches(true, 0, "required=", 0, 9)) {
        required = Boolean.parseBoolean(field.substring(9));
      } else if (field.regionMatches(true, 0, "name=", 0, 5)) {
        name = field.substring(5);
      } else if (name.isEmpty()) {
        name = field;
      } else {
        throw fail(node.source(), Problem.DEVICE, "unexpected key '" + field + "' in --device");
      }
    }
    if (name.isEmpty()) {
      throw fail(node.source(), Problem.DEVICE, "--device needs the name of a device");
    }
    return new RunOptions.Device(name, required);
  }

  private List<String> fields(String value) {
    try {
      return Csv.fields(value);
    } catch (IllegalArgumentException e) {
      throw option(String.valueOf(e.getMessage()));
    }
  }

  private void field(String field, Expander expander, Variables variables) {
    int equals = field.indexOf('=');
    String written = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
    String key = SYNONYMS.getOrDefault(written, written);
    if (equals < 0) {
      if (!Set.of("readonly", "readwrite", "required").contains(key)) {
        throw option("invalid field '" + field + "' must be a key=value pair");
      }
      set(key, written, "true", field);
      return;
    }
    String value = field.substring(equals + 1);
    if (!key.equals("from")) {
      try {
        value = expander.expand(value, variables).text();
      } catch (ExpansionException e) {
        throw fail(
            source,
            e.isQuote() ? Problem.QUOTE : Problem.SUBSTITUTION,
            String.valueOf(e.getMessage()));
      }
    }
    set(key, written, value, field);
  }

  private void set(String key, String written, String value, String field) {
    switch (key) {
      case "type" -> type = type(value);
      case "readonly" -> readOnly = Optional.of(truth(written, value));
      case "readwrite" -> readOnly = Optional.of(!truth(written, value));
      case "required" -> {
        onlyFor(written, "secret", "ssh");
        values.put(key, String.valueOf(truth(written, value)));
      }
      case "size" -> {
        onlyFor(written, "tmpfs");
        values.put(key, value);
      }
      case "env" -> {
        onlyFor(written, "secret");
        values.put(key, value);
      }
      case "from", "source", "target", "id", "sharing", "mode", "uid", "gid" ->
          values.put(key, value);
      default ->
          throw option(
              "unexpected key '"
                  + written
                  + "' in '"
                  + field
                  + "'"
                  + Suggestion.hint(written, KEYS));
    }
  }

  private String type(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    if (!TYPES.contains(lower)) {
      throw fail(
          source,
          Problem.MOUNT_TYPE,
          "unsupported mount type \"" + value + "\"" + Suggestion.hint(value, TYPES));
    }
    return lower;
  }

  private void onlyFor(String key, String... types) {
    if (!List.of(types).contains(type)) {
      throw option("unexpected key '" + key + "' for mount type '" + type + "'");
    }
  }

  private Mount mount(String workdir) {
    if (type.equals("bind") || type.equals("tmpfs")) {
      for (String key : List.of("mode", "uid", "gid")) {
        if (values.containsKey(key)) {
          throw option(key + " not allowed for \"" + type + "\" type mounts");
        }
      }
    }
    if (values.containsKey("sharing") && !type.equals("cache")) {
      throw option("invalid cache sharing set for " + type + " mount");
    }
    return switch (type) {
      case "cache" ->
          new Mount.Cache(
              text("id").orElseGet(() -> Paths.clean(text("target").orElse(""))),
              target(workdir),
              sharing(),
              readOnly.orElse(false),
              text("from"),
              Paths.absolute("/", text("source").orElse("/")),
              owner(0755));
      case "tmpfs" -> new Mount.Tmpfs(target(workdir), size(), readOnly.orElse(false));
      case "secret" -> secret(workdir);
      case "ssh" ->
          new Mount.Ssh(
              text("id").or(() -> text("source")).orElse("default"),
              text("target").map(target -> Paths.absolute(workdir, target)),
              required(),
              owner(0600));
      default ->
          new Mount.Bind(
              text("from"),
              Paths.absolute("/", text("source").orElse("/")),
              target(workdir),
              !readOnly.orElse(true));
    };
  }

  private Mount secret(String workdir) {
    if (text("from").isPresent()) {
      throw option("secret mount should not have a from");
    }
    if (text("source").isPresent() && text("id").isPresent()) {
      throw option("both source and id can't be set");
    }
    Optional<String> variable = text("env");
    Optional<String> id =
        text("id")
            .or(() -> text("source").map(Paths::base))
            .or(() -> text("target").map(Paths::base))
            .or(() -> variable);
    if (id.isEmpty()) {
      throw option("invalid secret mount. one of source, target required");
    }
    Optional<String> target = text("target").map(path -> Paths.absolute(workdir, path));
    if (target.isEmpty() && variable.isEmpty()) {
      target = Optional.of("/run/secrets/" + Paths.base(id.get()));
    }
    return new Mount.Secret(id.get(), target, variable, required(), owner(0400));
  }

  private String target(String workdir) {
    String written = text("target").orElse("");
    String target = Paths.absolute(workdir, written);
    if (written.isEmpty() || target.equals("/")) {
      throw fail(
          source,
          Problem.MOUNT_TARGET,
          "invalid mount target \"" + written + "\": a path below / is needed");
    }
    return target;
  }

  private Mount.Sharing sharing() {
    String value = text("sharing").orElse("shared");
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "shared" -> Mount.Sharing.SHARED;
      case "private" -> Mount.Sharing.PRIVATE;
      case "locked" -> Mount.Sharing.LOCKED;
      default ->
          throw option(
              "unsupported sharing value \""
                  + value
                  + "\""
                  + Suggestion.hint(value, List.of("shared", "private", "locked")));
    };
  }

  private OptionalLong size() {
    Optional<String> value = text("size");
    try {
      return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(ByteSize.parse(value.get()));
    } catch (IllegalArgumentException e) {
      throw option("invalid value for size: " + value.orElse(""));
    }
  }

  private Mount.Owner owner(int mode) {
    return new Mount.Owner(
        number("mode", 8, mode) & 07777, number("uid", 10, 0), number("gid", 10, 0));
  }

  private int number(String key, int radix, int absent) {
    Optional<String> value = text(key);
    if (value.isEmpty()) {
      return absent;
    }
    if (!value.get().matches(radix == 8 ? "[0-7]{1,9}" : "\\d{1,9}|1\\d{9}")) {
      throw option("invalid value " + value.get() + " for " + key);
    }
    return Integer.parseInt(value.get(), radix);
  }

  private boolean required() {
    return text("required").map("true"::equals).orElse(false);
  }

  private boolean truth(String key, String value) {
    return switch (value) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw option("invalid value for " + key + ": " + value);
    };
  }

  private Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
  }

  private DockerfileException option(String sentence) {
    return fail(source, Problem.MOUNT_OPTION, sentence);
  }

  private static DockerfileException fail(SourceText source, Problem problem, String sentence) {
    return new DockerfileException(problem, sentence, source);
  }
}
