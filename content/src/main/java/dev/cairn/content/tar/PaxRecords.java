package dev.cairn.content.tar;

import dev.cairn.content.Xattrs;
import dev.cairn.linux.PathBytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The records of one PAX extended header to be written: sorted by key, values of any bytes. */
final class PaxRecords {

  static final String XATTR = "SCHILY.xattr.";

  private @Nullable SortedMap<String, byte[]> records;

  boolean isEmpty() {
    return records == null;
  }

  void put(String key, String value) {
    put(key, PathBytes.encode(value));
  }

  void putAll(Xattrs xattrs) {
    for (String name : xattrs.names()) {
      if (name.indexOf('=') >= 0 || name.isEmpty()) {
        throw new IllegalArgumentException("no extended attribute can be called '" + name + "'");
      }
      put(XATTR + name, xattrs.value(name).orElseThrow());
    }
  }

  /** Seconds with a fraction without trailing zeros; both count down from zero before 1970. */
  void putTime(long seconds, int nanos) {
    boolean negative = seconds < 0;
    long whole = negative && nanos > 0 ? seconds + 1 : seconds;
    int fraction = negative && nanos > 0 ? 1_000_000_000 - nanos : nanos;
    String text = (negative ? "-" : "") + Long.toString(whole).replace("-", "");
    if (fraction > 0) {
      text += "." + String.format("%09d", fraction).replaceAll("0+$", "");
    }
    put("mtime", text);
  }

  byte[] bytes() {
    var out = new ByteArrayOutputStream();
    if (records != null) {
      records.forEach((key, value) -> {
        byte[] name = PathBytes.encode(key);
        int rest = name.length + value.length + 3;
        int length = rest + digits(rest);
        length = rest + digits(length);
        out.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(name);
        out.write('=');
        out.writeBytes(value);
        out.write('\n');
      });
    }
    return out.toByteArray();
  }

  private void put(String key, byte[] value) {
    if (records == null) {
      records = new TreeMap<>();
    }
    records.put(key, value);
  }

  private static int digits(int number) {
    return Integer.toString(number).length();
  }
}
