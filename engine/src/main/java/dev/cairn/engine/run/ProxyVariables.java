package dev.cairn.engine.run;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The operator's proxies as variables of commands. They are the process's alone: in no key, no
 * history, no image.
 *
 * @param http for plain HTTP
 * @param https for HTTPS
 * @param no what is reached without them, separated by commas
 */
public record ProxyVariables(Optional<String> http, Optional<String> https, Optional<String> no) {
  /** None. */
  public static final ProxyVariables NONE =
      new ProxyVariables(Optional.empty(), Optional.empty(), Optional.empty());

  /** Adds those that nobody has set, in both spellings that programs look for. */
  void addTo(Map<String, String> variables) {
    var ours = new LinkedHashMap<String, String>();
    http.ifPresent(value -> ours.put("http_proxy", value));
    https.ifPresent(value -> ours.put("https_proxy", value));
    no.ifPresent(value -> ours.put("no_proxy", value));
    ours.forEach((lower, value) -> {
      String upper = lower.toUpperCase(Locale.ROOT);
      // Whoever sets one spelling means the other as well.
      if (!variables.containsKey(lower) && !variables.containsKey(upper)) {
        variables.put(lower, value);
        variables.put(upper, value);
      }
    });
  }
}
