package dev.cairn.linux.network;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A range of addresses.
 *
 * @param network its first address
 * @param prefix how many leading bits all its addresses share
 */
public record AddressRange(InetAddress network, int prefix) {

  /** Checks, and clears the bits after the prefix. */
  public AddressRange {
    byte[] bytes = network.getAddress();
    if (prefix < 0 || prefix > bytes.length * 8) {
      throw new IllegalArgumentException(
          "the prefix length of " + network.getHostAddress() + " cannot be " + prefix);
    }
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    network = address(bytes);
  }

  /** Reads {@code 10.0.0.0/8}, {@code fd00::/8} or one address; nothing is resolved. */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    InetAddress network = literal(slash < 0 ? text : text.substring(0, slash), text);
    int bits = network.getAddress().length * 8;
    if (slash < 0) {
      return new AddressRange(network, bits);
    }
    String length = text.substring(slash + 1);
    if (!length.matches("[0-9]{1,3}")) {
      throw notOne(text);
    }
    return new AddressRange(network, Integer.parseInt(length));
  }

  private static InetAddress literal(String address, String whole) {
    if (address.indexOf(':') < 0) {
      // The platform's own parser also takes 127.1 and the like.
      if (!address.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}")) {
        throw notOne(whole);
      }
      String[] parts = address.split("\\.");
      byte[] bytes = new byte[4];
      for (int i = 0; i < 4; i++) {
        int value = Integer.parseInt(parts[i]);
        if (value > 255) {
          throw notOne(whole);
        }
        bytes[i] = (byte) value;
      }
      return address(bytes);
    }
    if (!address.matches("[0-9a-fA-F:.]{2,45}")) {
      throw notOne(whole);
    }
    InetAddress parsed;
    try {
      parsed = InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException e) {
      throw notOne(whole);
    }
    if (!(parsed instanceof Inet6Address)) {
      throw notOne(whole);
    }
    return parsed;
  }

  private static IllegalArgumentException notOne(String text) {
    return new IllegalArgumentException("not an address range like 10.0.0.0/8: " + text);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Whether it is one of IPv4. */
  public boolean isFour() {
    return network.getAddress().length == 4;
  }

  /** Whether the address lies in it; one of the other family never does. */
  public boolean contains(InetAddress address) {
    byte[] mine = network.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != other[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || ((mine[whole] ^ other[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
  }

  /** Whether they have an address in common. */
  public boolean overlaps(AddressRange other) {
    return prefix <= other.prefix ? contains(other.network) : other.contains(network);
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefix;
  }
}
