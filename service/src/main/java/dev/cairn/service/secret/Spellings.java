package dev.cairn.service.secret;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The texts under which a secret could appear in a log: as it is, its lines, in hexadecimal, URL
 * and JSON form, and in Base64 at each of the three places where it can begin inside a longer text.
 */
final class Spellings {
  /** Shorter texts are no secrets, and masking them would make logs unreadable. */
  static final int SHORTEST = 4;

  private final Set<String> found = new LinkedHashSet<>();

  private Spellings() {}

  static Set<String> of(byte[] value) {
    var spellings = new Spellings();
    spellings.addForms(value);
    String text = new String(value, StandardCharsets.UTF_8);
    String stripped = text.strip();
    if (!stripped.equals(text)) {
      spellings.addForms(stripped.getBytes(StandardCharsets.UTF_8));
    }
    text.lines().map(String::strip).forEach(spellings::add);
    int colon = stripped.indexOf(':');
    if (colon > 0) {
      // A login: its password is the secret, the user's name is not.
      spellings.addForms(stripped.substring(colon + 1).getBytes(StandardCharsets.UTF_8));
    }
    return spellings.found;
  }

  private void addForms(byte[] value) {
    String text = new String(value, StandardCharsets.UTF_8);
    add(text);
    add(new String(value, StandardCharsets.ISO_8859_1));
    add(text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r"));
    String hex = HexFormat.of().formatHex(value);
    add(hex);
    add(hex.toUpperCase(Locale.ROOT));
    String form = URLEncoder.encode(text, StandardCharsets.UTF_8);
    add(form);
    add(form.replace("+", "%20"));
    add(form.replace("+", "%20").replace("%7E", "~").replace("*", "%2A"));
    for (int before = 0; before < 3; before++) {
      addBase64(value, before, Base64.getEncoder());
      addBase64(value, before, Base64.getUrlEncoder());
    }
  }

  /** Only characters that the value alone decides: the first and last may hold foreign bits. */
  private void addBase64(byte[] value, int before, Base64.Encoder encoder) {
    byte[] shifted = new byte[before + value.length];
    System.arraycopy(value, 0, shifted, before, value.length);
    String text = encoder.withoutPadding().encodeToString(shifted);
    int from = before == 0 ? 0 : before + 1;
    int to = shifted.length * 8 / 6;
    if (from < to) {
      add(text.substring(from, to));
    }
  }

  /** Line ends do not count when matching, so they are no part of a spelling. */
  private void add(String text) {
    String joined = text.replace("\n", "").replace("\r", "");
    if (joined.length() >= SHORTEST) {
      found.add(joined);
    }
  }
}
