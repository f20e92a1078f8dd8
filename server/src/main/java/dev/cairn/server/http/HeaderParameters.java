package dev.cairn.server.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A header of the form {@code value; name=token; name="quoted"} (RFC 9110, section 5.6.6). */
final class HeaderParameters {
  private final String value;
  private final Map<String, String> parameters = new HashMap<>();

  HeaderParameters(String header) {
    int semicolon = header.indexOf(';');
    this.value =
        (semicolon < 0 ? header : header.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    int at = semicolon;
    while (at >= 0 && at < header.length()) {
      at = parameter(header, at + 1);
    }
  }

  /** The part before the first semicolon, in lower case. */
  String value() {
    return value;
  }

  /** A parameter's value; of equal names the first counts. */
  Optional<String> get(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** Reads one parameter and returns the place of the next semicolon, or the end. */
  private int parameter(String header, int start) {
    int equals = header.indexOf('=', start);
    int next = header.indexOf(';', start);
    if (equals < 0 || (next >= 0 && next < equals)) {
      return next < 0 ? header.length() : next;
    }
    String name = header.substring(start, equals).strip().toLowerCase(Locale.ROOT);
    int at = equals + 1;
    while (at < header.length() && header.charAt(at) == ' ') {
      at++;
    }
    var text = new StringBuilder();
    if (at < header.length() && header.charAt(at) == '"') {
      at++;
      while (at < header.length() && header.charAt(at) != '"') {
        if (header.charAt(at) == '\\' && at + 1 < header.length()) {
          at++;
        }
        text.append(header.charAt(at++));
      }
      next = header.indexOf(';', Math.min(at, header.length()));
    } else {
      text.append(header, at, next < 0 ? header.length() : next);
    }
    parameters.putIfAbsent(name, text.toString().strip());
    return next < 0 ? header.length() : next;
  }
}
