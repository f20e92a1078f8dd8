package dev.cairn.oci.http;

import java.net.InetAddress;

/** A range of addresses: {@code 10.0.0.0/8}, {@code fd00::/8}, or a single address. */
public record Cidr(InetAddress network, int prefix) {

  /** Checks the prefix length, in bits. Bits of the network after the prefix do not count. */
  public Cidr {
    if (prefix < 0 || prefix > network.getAddress().length * 8) {
      throw new IllegalArgumentException(
          "prefix length " + prefix + " is out of range for " + network.getHostAddress());
    }
  }

  /** Reads {@code address} or {@code address/bits}; names are refused, nothing is resolved. */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    InetAddress network =
        IpLiteral.parse(address)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "address range must look like 10.0.0.0/8 or fd00::/8, not " + text));
    // A mapped range is an IPv4 range in disguise, and its prefix would then mean something else.
    if (address.indexOf(':') >= 0 && network.getAddress().length == 4) {
      throw new IllegalArgumentException(
          "write the IPv4 range itself instead of the mapped " + text);
    }
    int bits = network.getAddress().length * 8;
    if (slash < 0) {
      return new Cidr(network, bits);
    }
    String length = text.substring(slash + 1);
    if (length.isEmpty()
        || length.length() > 3
        || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("prefix length of " + text + " must be a number");
    }
    return new Cidr(network, Integer.parseInt(length));
  }

  /** Whether the address lies in the range; an address of the other family never does. */
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
    return rest == 0 || ((mine[whole] ^ other[whole]) & (0xff << (8 - rest))) == 0;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefix;
  }
}
