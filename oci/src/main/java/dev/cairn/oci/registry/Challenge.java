package dev.cairn.oci.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One way to log in that a WWW-Authenticate header offers (RFC 9110, section 11.6.1): a scheme and
 * parameters, names in lower case. Read in one pass with limits; from the first thing that is
 * malformed on, a header is ignored.
 */
record Challenge(String scheme, Map<String, String> parameters) {

  private static final int HEADER_LIMIT = 8192;
  private static final int COUNT_LIMIT = 16;

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  static List<Challenge> parse(List<String> headers) {
    var all = new ArrayList<Challenge>();
    for (String header : headers) {
      if (header.length() <= HEADER_LIMIT && all.size() < COUNT_LIMIT) {
        new Scanner(header, all).run();
      }
    }
    return List.copyOf(all);
  }

  private static final class Scanner {
    private final String text;
    private final List<Challenge> all;
    private int at;
    private String scheme = "";
    private Map<String, String> parameters = new LinkedHashMap<>();

    Scanner(String text, List<Challenge> all) {
      this.text = text;
      this.all = all;
    }

    void run() {
      while (all.size() < COUNT_LIMIT && step()) {
        // Each step takes at least one character.
      }
      end();
    }

    /** Takes a scheme or a parameter; false at the end and at what is malformed. */
    private boolean step() {
      skip(" \t,");
      String word = token();
      if (word.isEmpty()) {
        return false;
      }
      int afterWord = at;
      skip(" \t");
      boolean pair = at < text.length() && text.charAt(at) == '=';
      if (!pair) {
        end();
        scheme = word.toLowerCase(Locale.ROOT);
        return afterWord < text.length();
      }
      at++;
      skip(" \t");
      Optional<String> value =
          at < text.length() && text.charAt(at) == '"' ? quoted() : Optional.of(token());
      if (value.isEmpty() || scheme.isEmpty()) {
        return false;
      }
      skip("=");
      // The first of two equal names counts: a later one cannot change where a credential goes.
      parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value.get());
      return parameters.size() <= COUNT_LIMIT;
    }

    private void end() {
      if (!scheme.isEmpty()) {
        all.add(new Challenge(scheme, Map.copyOf(parameters)));
      }
      scheme = "";
      parameters = new LinkedHashMap<>();
    }

    private void skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private String token() {
      int start = at;
      while (at < text.length() && isToken(text.charAt(at))) {
        at++;
      }
      return text.substring(start, at);
    }

    private Optional<String> quoted() {
      var value = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          return Optional.of(value.toString());
        }
        if (c == '\\' && ++at == text.length()) {
          break;
        }
        value.append(text.charAt(at));
      }
      return Optional.empty();
    }

    private static boolean isToken(char c) {
      // With the slash and colon of token68 and of registries that forget to quote.
      return c > 0x20 && c < 0x7f && "\"(),;<=>@[\\]{}".indexOf(c) < 0;
    }
  }
}
