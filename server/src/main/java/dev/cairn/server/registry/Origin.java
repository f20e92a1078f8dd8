package dev.cairn.server.registry;

import dev.cairn.server.http.Request;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where clients reach this registry: what the operator says, else the host that was asked for, over
 * what it came in. Headers in which a proxy tells what it was asked for do not count, because
 * anybody can send them.
 *
 * @param configured as in {@code https://registry.example.com}, without a slash at the end
 */
record Origin(Optional<String> configured) {
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");

  /** Scheme, host and port; nothing if the request names no host that could be one. */
  Optional<String> of(Request request) {
    return configured.or(() ->
        Optional.of(request.host())
            .filter(host -> HOST.matcher(host).matches())
            .map(host -> (request.secure() ? "https://" : "http://") + host));
  }
}
