package dev.cairn.linux.network;

import java.util.OptionalInt;

/**
 * What may be reached: a range, and the one port it is for.
 *
 * @param range of IPv4, because steps have no other addresses
 * @param port absent for every port and every protocol
 */
public record AllowedAddress(AddressRange range, OptionalInt port) {
  /** Checks. */
  public AllowedAddress {
    if (!range.isFour()) {
      throw new IllegalArgumentException("steps have no IPv6, so it cannot be allowed: " + range);
    }
    if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65535)) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port.getAsInt());
    }
  }

  /** Reads {@code 10.1.0.0/16}, {@code 10.1.2.3} or {@code 10.1.2.3:443}. */
  public static AllowedAddress parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0 || text.indexOf(':', colon + 1) >= 0) {
      return new AllowedAddress(AddressRange.parse(text), OptionalInt.empty());
    }
    String port = text.substring(colon + 1);
    if (!port.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("not a port: " + text);
    }
    return new AllowedAddress(
        AddressRange.parse(text.substring(0, colon)), OptionalInt.of(Integer.parseInt(port)));
  }

  @Override
  public String toString() {
    return port.isEmpty() ? range.toString() : range + ":" + port.getAsInt();
  }
}
