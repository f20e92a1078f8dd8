package dev.cairn.oci.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Header fields in order; names compare without case. Names and values are checked, so that no line
 * can be smuggled in.
 */
public record Headers(List<Field> fields) {

  /** No fields. */
  public static final Headers NONE = new Headers(List.of());

  private static final Set<String> HARMLESS =
      Set.of("accept", "range", "if-none-match", "if-modified-since", "content-type", "user-agent");

  /** One field. */
  public record Field(String name, String value) {

    /** Checks the characters (RFC 9110, section 5). */
    public Field {
      if (name.isEmpty() || !name.chars().allMatch(Field::isToken)) {
        throw new IllegalArgumentException("header name has characters that are not allowed");
      }
      if (!value.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c <= 0xff && c != 0x7f))) {
        throw new IllegalArgumentException(
            "value of header " + name + " has characters that are not allowed");
      }
    }

    private static boolean isToken(int c) {
      return c > 0x20 && c < 0x7f && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
    }

    /** The name only; the value may be a secret. */
    @Override
    public String toString() {
      return name;
    }
  }

  /** Copies the list. */
  public Headers {
    fields = List.copyOf(fields);
  }

  /** These fields and one more; an old one of the same name is replaced. */
  public Headers with(String name, String value) {
    var list = new ArrayList<Field>();
    fields.stream().filter(field -> !field.name.equalsIgnoreCase(name)).forEach(list::add);
    list.add(new Field(name, value));
    return new Headers(list);
  }

  /** The first value of this name. */
  public Optional<String> first(String name) {
    return fields.stream()
        .filter(field -> field.name.equalsIgnoreCase(name))
        .map(Field::value)
        .findFirst();
  }

  /** All values of this name. */
  public List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.name.equalsIgnoreCase(name))
        .map(Field::value)
        .toList();
  }

  /** The Content-Length, if it is there and a number. */
  public OptionalLong contentLength() {
    return first("Content-Length").map(Headers::length).orElse(OptionalLong.empty());
  }

  /** What may go along to another origin: no credential, cookie or private header. */
  Headers withoutPrivate() {
    return new Headers(
        fields.stream().filter(field -> HARMLESS.contains(lower(field.name))).toList());
  }

  static OptionalLong length(String text) {
    boolean good =
        !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return good ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
