package dev.cairn.oci.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Addresses written out, in the one usual spelling. The platform's parser also knows {@code 127.1},
 * {@code 0x7f.0.0.1} and zones, which serve only to get past checks.
 */
final class IpLiteral {

  private IpLiteral() {}

  /**
   * Reads {@code a.b.c.d} or an IPv6 address without brackets and zone; nothing is ever resolved.
   */
  static Optional<InetAddress> parse(String text) {
    if (text.length() > 45) {
      return Optional.empty();
    }
    byte[] bytes = text.indexOf(':') >= 0 ? parse6(text) : parse4(text);
    return bytes.length == 0 ? Optional.empty() : Optional.of(address(bytes));
  }

  /**
   * The address of 4 or 16 bytes. IPv4-mapped bytes become the IPv4 address, as the kernel treats
   * them.
   */
  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
    }
  }

  private static byte[] parse4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return new byte[0];
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      int value = number(parts[i], 10, 3);
      // A leading zero means octal to some readers and decimal to others.
      if (value < 0 || value > 255 || (parts[i].length() > 1 && parts[i].startsWith("0"))) {
        return new byte[0];
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static byte[] parse6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return new byte[0];
    }
    byte[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
    byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2), true);
    boolean headBad = head.length == 0 && gap != 0;
    boolean tailBad = gap >= 0 && tail.length == 0 && gap + 2 < text.length();
    int length = head.length + tail.length;
    if (headBad || tailBad || (gap < 0 ? length != 16 : length > 14)) {
      return new byte[0];
    }
    byte[] bytes = new byte[16];
    System.arraycopy(head, 0, bytes, 0, head.length);
    System.arraycopy(tail, 0, bytes, 16 - tail.length, tail.length);
    return bytes;
  }

  /** Groups of 16 bits, the last perhaps as IPv4; empty if wrong or if there are none. */
  private static byte[] groups(String text, boolean last) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] parts = text.split(":", -1);
    byte[] four =
        last && parts[parts.length - 1].indexOf('.') >= 0
            ? parse4(parts[parts.length - 1])
            : new byte[0];
    int count = parts.length - (four.length > 0 ? 1 : 0);
    if (count > 8 || count * 2 + four.length > 16) {
      return new byte[0];
    }
    byte[] bytes = new byte[count * 2 + four.length];
    for (int i = 0; i < count; i++) {
      int value = number(parts[i], 16, 4);
      if (value < 0) {
        return new byte[0];
      }
      bytes[2 * i] = (byte) (value >> 8);
      bytes[2 * i + 1] = (byte) value;
    }
    System.arraycopy(four, 0, bytes, count * 2, four.length);
    return bytes;
  }

  private static int number(String text, int radix, int digits) {
    if (text.isEmpty() || text.length() > digits) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }
}
