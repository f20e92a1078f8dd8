package dev.cairn.dockerfile;

import dev.cairn.dockerfile.value.PlatformName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a request says to the ARG instructions of one platform.
 *
 * @param given build-args, never expanded
 * @param build platform of the builder
 * @param target platform of the image
 * @param targetStage the requested target
 */
public record BuildArguments(
    Map<String, String> given,
    PlatformName build,
    PlatformName target,
    Optional<String> targetStage) {
  /** Build-args that reach RUN without ARG, in either case of letters. */
  private static final Set<String> PROXIES =
      Set.of("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

  /** No build-args, Linux on amd64. */
  public static final BuildArguments NONE =
      new BuildArguments(
          Map.of(), PlatformName.LINUX_AMD64, PlatformName.LINUX_AMD64, Optional.empty());

  public BuildArguments {
    given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
  }

  /** A build-arg's value. */
  public Optional<String> value(String name) {
    return Optional.ofNullable(given.get(name));
  }

  /**
   * The proxy variables of RUN, each in both cases. They belong neither to history nor to cache
   * keys.
   */
  public Map<String, String> proxies() {
    var proxies = new LinkedHashMap<String, String>();
    given.forEach((name, value) -> {
      if (PROXIES.contains(name.toUpperCase(Locale.ROOT))) {
        proxies.putIfAbsent(name.toUpperCase(Locale.ROOT), value);
        proxies.putIfAbsent(name.toLowerCase(Locale.ROOT), value);
      }
    });
    return proxies;
  }

  /** The arguments that exist without ARG, in the global scope only. */
  Map<String, String> automatic(String stage) {
    var values = new LinkedHashMap<String, String>();
    put(values, "BUILD", build);
    put(values, "TARGET", target);
    values.put("TARGETSTAGE", stage);
    values.replaceAll((name, value) -> given.getOrDefault(name, value));
    return values;
  }

  private static void put(Map<String, String> values, String prefix, PlatformName platform) {
    values.put(prefix + "PLATFORM", platform.toString());
    values.put(prefix + "OS", platform.os());
    values.put(prefix + "OSVERSION", platform.osVersion());
    values.put(prefix + "ARCH", platform.architecture());
    values.put(prefix + "VARIANT", platform.variant());
  }
}
