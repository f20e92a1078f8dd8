package dev.cairn.app.command;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The cache and the limits of a build. */
final class CacheFlags {
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(s|m|h|)");

  @Option(names = "--no-cache", description = "run every step, whatever was built before")
  private boolean noCache;

  @Option(
      names = "--no-cache-filter",
      paramLabel = "STAGE",
      split = ",",
      description = "run every step of a stage")
  private List<String> uncached = new ArrayList<>();

  @Option(
      names = "--cache-scope",
      paramLabel = "NAME",
      description = "the cache that the build reads and writes; default is the tenant's")
  private Optional<String> scope = Optional.empty();

  @Option(
      names = "--builder",
      paramLabel = "ID",
      description = "build with this builder's cache, after its other builds; see cairn builder")
  private Optional<String> builder = Optional.empty();

  @Option(names = "--timeout", paramLabel = "TIME", description = "such as 90s, 10m or 2h")
  private Optional<String> timeout = Optional.empty();

  @Option(
      names = {"-m", "--memory"},
      paramLabel = "SIZE",
      description = "memory of RUN steps, such as 2g")
  private Optional<String> memory = Optional.empty();

  @Option(names = "--cpus", paramLabel = "NUMBER", description = "processors of RUN steps")
  private Optional<String> cpus = Optional.empty();

  @Option(
      names = "--disk",
      paramLabel = "SIZE",
      description = "disk that RUN steps may write, such as 20g")
  private Optional<String> disk = Optional.empty();

  @Option(
      names = "--inodes",
      paramLabel = "NUMBER",
      description = "files, directories and links that RUN steps may make")
  private Optional<Long> inodes = Optional.empty();

  @Option(
      names = "--pids-limit",
      paramLabel = "NUMBER",
      description = "processes and threads of RUN steps at once")
  private Optional<Long> processes = Optional.empty();

  @Option(
      names = "--step-timeout",
      paramLabel = "TIME",
      description = "the longest time of one RUN step, such as 10m")
  private Optional<String> stepTimeout = Optional.empty();

  @Option(
      names = {"-d", "--detach"},
      description = "print the build's id and do not wait for its end")
  boolean detach;

  /** The member {@code cache} of the request. */
  Map<String, Object> cache() {
    Map<String, Object> cache = new LinkedHashMap<>();
    scope.ifPresent(name -> {
      cache.put("written", Map.of("name", name));
      cache.put("read", List.of(Map.of("name", name)));
    });
    builder.ifPresent(id -> {
      if (scope.isPresent()) {
        throw new UsageException("--builder brings its own cache; leave --cache-scope out");
      }
      cache.put("builder", id);
    });
    if (noCache) {
      cache.put("enabled", false);
    }
    if (!uncached.isEmpty()) {
      cache.put("uncachedStages", uncached);
    }
    return cache;
  }

  /** The member {@code limits} of the request. */
  Map<String, Object> limits(Optional<Object> network) {
    Map<String, Object> limits = new LinkedHashMap<>();
    timeout.ifPresent(text -> limits.put("runSeconds", time("--timeout", text).toSeconds()));
    stepTimeout.ifPresent(
        text -> limits.put("stepSeconds", time("--step-timeout", text).toSeconds()));
    memory.ifPresent(text -> limits.put("memoryBytes", ByteSize.parse("--memory", text)));
    cpus.ifPresent(text -> limits.put("cpus", number(text)));
    disk.ifPresent(text -> limits.put("diskBytes", ByteSize.parse("--disk", text)));
    inodes.ifPresent(number -> limits.put("inodes", number));
    processes.ifPresent(number -> limits.put("processes", number));
    network.ifPresent(mode -> limits.put("network", mode));
    return limits;
  }

  private static Duration time(String flag, String text) {
    var match = TIME.matcher(text.strip());
    if (!match.matches() || match.group(1).matches("0+")) {
      throw new UsageException(flag + " is a time such as 90s, 10m or 2h, not: " + text);
    }
    long value = Long.parseLong(match.group(1));
    return switch (match.group(2)) {
      case "m" -> Duration.ofMinutes(value);
      case "h" -> Duration.ofHours(value);
      default -> Duration.ofSeconds(value);
    };
  }

  private static BigDecimal number(String text) {
    try {
      var value = new BigDecimal(text.strip());
      if (value.signum() > 0 && value.compareTo(BigDecimal.valueOf(4096)) <= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new UsageException("--cpus is a number above 0 such as 1.5, not: " + text);
  }
}
