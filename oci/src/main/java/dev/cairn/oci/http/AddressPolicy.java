package dev.cairn.oci.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which addresses may be reached. Public ones may; every special range (loopback, private,
 * link-local with cloud metadata, carrier NAT, multicast, translation prefixes that hide an IPv4
 * address, and so on: the IANA special-purpose registries) is refused unless the operator's list
 * allows it by range and, perhaps, port.
 */
public record AddressPolicy(List<Allowed> allowed) {

  private static final Map<Cidr, String> DENIED = denied();
  private static final Cidr GLOBAL_UNICAST = Cidr.parse("2000::/3");
  private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

  /** One entry of the operator's list: a range, and the one port it is for, or -1 for all. */
  public record Allowed(Cidr range, int port) {

    /** Checks the port. */
    public Allowed {
      if (port != -1 && (port < 1 || port > 65535)) {
        throw new IllegalArgumentException(
            "port of an allowed address must be 1 to 65535, not " + port);
      }
    }

    /**
     * Reads {@code 10.1.0.0/16}, {@code 10.1.2.3:5000}, {@code fd00::/8} or {@code [fd00::1]:5000}.
     */
    public static Allowed parse(String text) {
      String range = text.strip();
      String port = "";
      if (range.startsWith("[")) {
        int end = range.indexOf(']');
        if (end < 0 || (end + 1 < range.length() && range.charAt(end + 1) != ':')) {
          throw new IllegalArgumentException(
              "allowed address must look like [fd00::/8]:5000, not " + text);
        }
        port = end + 1 == range.length() ? "" : range.substring(end + 2);
        range = range.substring(1, end);
      } else if (range.indexOf(':') >= 0 && range.indexOf(':') == range.lastIndexOf(':')) {
        port = range.substring(range.indexOf(':') + 1);
        range = range.substring(0, range.indexOf(':'));
        if (port.isEmpty()) {
          throw new IllegalArgumentException("port of the allowed address " + text + " is empty");
        }
      }
      if (port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw new IllegalArgumentException(
            "port of the allowed address " + text + " must be a number");
      }
      return new Allowed(Cidr.parse(range), port.isEmpty() ? -1 : Integer.parseInt(port));
    }

    boolean covers(InetAddress address, int wantedPort) {
      return (port == -1 || port == wantedPort) && range.contains(address);
    }

    @Override
    public String toString() {
      return port == -1 ? range.toString() : "[" + range + "]:" + port;
    }
  }

  /** Copies the list. */
  public AddressPolicy {
    allowed = List.copyOf(allowed);
  }

  /** Public addresses only. */
  public static AddressPolicy publicOnly() {
    return new AddressPolicy(List.of());
  }

  /** Public addresses and these entries, see {@link Allowed#parse}. */
  public static AddressPolicy allowing(List<String> entries) {
    return new AddressPolicy(entries.stream().map(Allowed::parse).toList());
  }

  /** Whether the address and port may be reached. */
  public boolean allows(InetAddress address, int port) {
    return refusal(address, port).isEmpty();
  }

  /** Why the address may not be reached ("loopback", "private", …), or nothing if it may. */
  public Optional<String> refusal(InetAddress address, int port) {
    byte[] bytes = address.getAddress();
    if (allowed.stream().anyMatch(entry -> entry.covers(address, port))) {
      // An allowed translation prefix does not open the inside: the hidden address must be allowed
      // by itself.
      return NAT64.contains(address)
          ? refusal(IpLiteral.address(lastFour(bytes)), port)
          : Optional.empty();
    }
    for (var entry : DENIED.entrySet()) {
      if (entry.getKey().contains(address)) {
        return Optional.of(entry.getValue());
      }
    }
    if (bytes.length == 16 && !GLOBAL_UNICAST.contains(address)) {
      return Optional.of("not a public address");
    }
    return Optional.empty();
  }

  /** The ranges refused by default, for whoever writes the same rule for a firewall. */
  public static List<Cidr> deniedRanges() {
    return List.copyOf(DENIED.keySet());
  }

  @Override
  public String toString() {
    return "public and " + new ArrayList<>(allowed);
  }

  private static byte[] lastFour(byte[] bytes) {
    return new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]};
  }

  private static Map<Cidr, String> denied() {
    var map = new LinkedHashMap<Cidr, String>();
    put(map, "unspecified", "0.0.0.0/8", "::/128");
    put(map, "loopback", "127.0.0.0/8", "::1/128");
    put(map, "private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10");
    put(map, "link-local", "169.254.0.0/16", "fe80::/10");
    // Azure's metadata and agent address is the one that does not lie in a special range.
    put(map, "cloud metadata", "168.63.129.16/32");
    put(map, "carrier NAT", "100.64.0.0/10");
    put(map, "protocol assignment", "192.0.0.0/24", "2001::/23");
    put(map, "benchmark", "198.18.0.0/15");
    put(
        map,
        "documentation",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",
        "3fff::/20");
    put(map, "multicast", "224.0.0.0/4", "ff00::/8");
    put(map, "reserved", "240.0.0.0/4");
    put(map, "translated IPv4", "192.88.99.0/24", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48");
    put(map, "IPv4 in IPv6", "::/96");
    put(map, "discard-only", "100::/64");
    return map;
  }

  private static void put(Map<Cidr, String> map, String reason, String... ranges) {
    for (String range : ranges) {
      map.put(Cidr.parse(range), reason);
    }
  }
}
