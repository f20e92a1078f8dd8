package dev.cairn.linux.network;

import java.util.List;
import java.util.stream.Stream;

/** Addresses that a step wants, by what they are. */
final class Addresses {
  /** What the policy of an installation refuses (IANA special-purpose registries). */
  static final List<AddressRange> REFUSED =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "168.63.129.16",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/4",
              "240.0.0.0/4",
              "::/128",
              "::1/128",
              "::/96",
              "64:ff9b::/96",
              "fc00::/7",
              "fe80::/10",
              "ff00::/8",
              "2002::/16")
          .map(AddressRange::parse)
          .toList();

  /** Ordinary addresses of the Internet. */
  static final List<String> PUBLIC =
      List.of("1.1.1.1", "8.8.8.8", "93.184.216.34", "151.101.2.132", "223.255.255.1", "11.0.0.1");

  /** This machine's own, one of them public. */
  static final List<String> MACHINE = List.of(World.MACHINE, World.MACHINE_PUBLIC);

  static final List<String> INTERNAL =
      List.of(
          // Loopback, also as it is written to get past checks.
          "127.0.0.1",
          "127.0.0.2",
          "127.0.0.53",
          "127.0.1.1",
          "127.1.2.3",
          "127.127.127.127",
          "127.255.255.254",
          // This network.
          "0.0.0.1",
          "0.1.2.3",
          "0.255.255.254",
          // Private networks.
          "10.0.0.0",
          "10.0.0.1",
          "10.0.2.2",
          "10.96.0.1",
          "10.255.255.254",
          "172.16.0.1",
          "172.17.0.1",
          "172.20.10.1",
          "172.31.255.254",
          "192.168.0.1",
          "192.168.1.1",
          "192.168.49.2",
          "192.168.99.100",
          "192.168.255.254",
          // Link-local and the metadata of clouds.
          "169.254.0.1",
          "169.254.1.1",
          "169.254.169.123",
          "169.254.169.250",
          "169.254.169.253",
          "169.254.169.254",
          "169.254.170.2",
          "169.254.170.23",
          "169.254.255.254",
          "168.63.129.16",
          "100.100.100.200",
          "192.0.0.192",
          // Carrier's translation.
          "100.64.0.1",
          "100.64.255.1",
          "100.127.255.254",
          // Protocols, documentation, benchmarks.
          "192.0.0.1",
          "192.0.0.8",
          "192.0.0.170",
          "192.0.2.1",
          "192.0.2.254",
          "198.51.100.1",
          "203.0.113.80",
          "198.18.0.1",
          "198.18.5.5",
          "198.19.255.254",
          "192.88.99.1",
          // Multicast, reserved, everybody.
          "224.0.0.1",
          "224.0.0.251",
          "239.255.255.250",
          "240.0.0.1",
          "250.1.2.3",
          "255.255.255.254",
          "255.255.255.255");

  /** Those of IPv6, which no step reaches at all. */
  static final List<String> SIX =
      List.of(
          "::1",
          "::127.0.0.1",
          "::10.0.0.1",
          "64:ff9b::7f00:1",
          "64:ff9b::a9fe:a9fe",
          "64:ff9b::a00:1",
          "64:ff9b:1::a00:1",
          "2002:7f00:1::1",
          "2002:a00:1::1",
          "fe80::1",
          "fe80::a9fe:a9fe",
          "fc00::1",
          "fd00::1",
          World.MACHINE_SIX,
          "fd00:ec2::254",
          "fd20:ce::254",
          "fec0::1",
          "ff02::1",
          "ff05::2",
          "2001:db8::1",
          "2001::1",
          "100::1",
          "2606:4700:4700::1111",
          "2001:4860:4860::8888");

  private Addresses() {}
}
