package dev.cairn.content.tar;

import dev.cairn.content.ArchiveException;
import dev.cairn.content.Xattrs;
import dev.cairn.linux.PathBytes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What extended headers say about the next entry: PAX records ("key=value" with a length before),
 * the global ones for all later entries, and GNU's long names.
 */
final class PaxState {

  private static final String LIBARCHIVE_XATTR = "LIBARCHIVE.xattr.";
  private static final int MAX_GLOBAL_RECORDS = 1000;
  private static final int MAX_NUMBER = 64;

  private final Map<String, byte[]> global = new HashMap<>();
  private final Map<String, byte[]> local = new HashMap<>();
  private Optional<String> longName = Optional.empty();
  private Optional<String> longLink = Optional.empty();
  private String place = "";

  /** Forgets everything but the global records. */
  void newEntry() {
    if (!local.isEmpty()) {
      local.clear();
    }
    longName = Optional.empty();
    longLink = Optional.empty();
  }

  void longName(String name) {
    longName = Optional.of(name);
  }

  void longLink(String link) {
    longLink = Optional.of(link);
  }

  /** Reads the records of one header. */
  void add(byte[] header, boolean isGlobal, String at) throws ArchiveException {
    place = at;
    var target = isGlobal ? global : local;
    int start = 0;
    while (start < header.length && header[start] != 0) {
      int blank = start;
      int length = 0;
      while (blank < header.length && header[blank] >= '0' && header[blank] <= '9') {
        length = length * 10 + header[blank++] - '0';
        if (length > header.length) {
          throw bad("a record longer than its header");
        }
      }
      int end = start + length;
      if (blank >= header.length
          || header[blank] != ' '
          || end > header.length
          || end <= blank + 2
          || header[end - 1] != '\n') {
        throw bad("a malformed record");
      }
      int equals = blank + 1;
      while (equals < end && header[equals] != '=') {
        equals++;
      }
      if (equals == end || equals == blank + 1) {
        throw bad("a record without a key");
      }
      put(
          target,
          PathBytes.decode(header, blank + 1, equals - blank - 1),
          Arrays.copyOfRange(header, equals + 1, end - 1));
      start = end;
    }
    if (global.size() > MAX_GLOBAL_RECORDS) {
      throw bad("more than " + MAX_GLOBAL_RECORDS + " global records");
    }
  }

  Optional<String> path() throws ArchiveException {
    var path = text("path");
    return path.isPresent() ? path : longName;
  }

  Optional<String> link() {
    return raw("linkpath")
        .map(value -> PathBytes.decode(value, 0, value.length))
        .or(() -> longLink);
  }

  Optional<Long> size() throws ArchiveException {
    return number("size");
  }

  Optional<Long> uid() throws ArchiveException {
    return number("uid");
  }

  Optional<Long> gid() throws ArchiveException {
    return number("gid");
  }

  /** Whether the entry is sparse in one of GNU tar's three PAX forms. */
  boolean isSparse() {
    return raw("GNU.sparse.major").isPresent()
        || raw("GNU.sparse.map").isPresent()
        || raw("GNU.sparse.size").isPresent()
        || raw("GNU.sparse.realsize").isPresent();
  }

  Optional<Instant> time() throws ArchiveException {
    var text = text("mtime");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (text.get().length() > MAX_NUMBER || text.get().matches(".*[^0-9.+-].*")) {
        throw bad("mtime is not a number of seconds");
      }
      var seconds = new BigDecimal(text.get());
      var whole = seconds.setScale(0, RoundingMode.FLOOR);
      int nanos =
          seconds.subtract(whole).movePointRight(9).setScale(0, RoundingMode.DOWN).intValue();
      return Optional.of(Instant.ofEpochSecond(whole.longValueExact(), nanos));
    } catch (NumberFormatException | ArithmeticException | DateTimeException e) {
      throw bad("mtime is not a number of seconds");
    }
  }

  Xattrs xattrs() throws ArchiveException {
    if (global.isEmpty() && local.isEmpty()) {
      return Xattrs.NONE;
    }
    var found = new HashMap<String, byte[]>();
    for (var records : List.of(global, local)) {
      for (var key : records.keySet()) {
        String name = xattrName(key);
        var value = name.isEmpty() ? Optional.<byte[]>empty() : raw(key);
        if (value.isPresent()) {
          found.put(name, key.startsWith(LIBARCHIVE_XATTR) ? base64(value.get()) : value.get());
        }
      }
    }
    return Xattrs.of(found);
  }

  private static String xattrName(String key) {
    if (key.startsWith(PaxRecords.XATTR)) {
      return key.substring(PaxRecords.XATTR.length());
    }
    // libarchive writes both; its own has the name percent-encoded and the value in base 64.
    if (key.startsWith(LIBARCHIVE_XATTR)) {
      String name = key.substring(LIBARCHIVE_XATTR.length());
      try {
        return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException _) {
        return name;
      }
    }
    return "";
  }

  private byte[] base64(byte[] value) throws ArchiveException {
    try {
      return Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException _) {
      throw bad("an extended attribute is not base 64");
    }
  }

  /** An empty value takes a record back, a global one too. */
  private Optional<byte[]> raw(String key) {
    if (global.isEmpty() && local.isEmpty()) {
      return Optional.empty();
    }
    byte[] value = local.get(key);
    if (value == null) {
      value = global.get(key);
    }
    boolean takenBack = value != null && value.length == 0 && !key.contains("xattr");
    return takenBack ? Optional.empty() : Optional.ofNullable(value);
  }

  private Optional<String> text(String key) {
    return raw(key).map(value -> PathBytes.decode(value, 0, value.length));
  }

  private Optional<Long> number(String key) throws ArchiveException {
    var text = text(key);
    try {
      var value = text.map(Long::parseLong);
      if (value.isPresent() && value.get() < 0) {
        throw bad(key + " is negative");
      }
      return value;
    } catch (NumberFormatException _) {
      throw bad(key + " is not a number");
    }
  }

  private void put(Map<String, byte[]> target, String key, byte[] value) throws ArchiveException {
    if (key.equals("path") || key.equals("linkpath")) {
      for (byte b : value) {
        if (b == 0) {
          throw bad(key + " holds a NUL byte");
        }
      }
    }
    target.put(key, value);
  }

  private ArchiveException bad(String problem) {
    return new ArchiveException(place, "PAX header: " + problem);
  }
}
