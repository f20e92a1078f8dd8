package dev.cairn.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.linux.dns.NamePattern;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkWordsTest {
  @Test
  void namesWhatIsMissingAndWhatToInstall() {
    assertThatThrownBy(() ->
            NetworkTools.require(
                List.of(
                    new NetworkTools.Tool("no-such-nft", "nftables"),
                    new NetworkTools.Tool("no-such-ip", "iproute2"))))
        .isInstanceOfSatisfying(
            NetworkException.class,
            e -> {
              assertThat(e).hasMessageContaining("no-such-nft and no-such-ip");
              assertThat(e.remedy()).isEqualTo("apt-get install -y nftables iproute2");
            });
  }

  @Test
  void readsRangesInTheirOneUsualSpelling() {
    assertThat(AddressRange.parse("10.1.2.3/8")).hasToString("10.0.0.0/8");
    assertThat(AddressRange.parse("1.2.3.4")).hasToString("1.2.3.4/32");
    assertThat(AddressRange.parse("fd00::/8").contains(InetAddress.ofLiteral("fdff::1"))).isTrue();
    for (String wrong :
        List.of(
            "",
            "127.1",
            "0x7f.0.0.1",
            "01.2.3.4",
            "1.2.3.256",
            "1.2.3.4/33",
            "1.2.3.4/-1",
            "1.2.3",
            "::ffff:1.2.3.4",
            "fe80::1%eth0",
            "name",
            "1.2.3.4/",
            "1.2.3.4 ",
            "10.0.0.0/8; drop")) {
      assertThatThrownBy(() -> AddressRange.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void findsWhatRangesHaveInCommon() {
    var ten = AddressRange.parse("10.0.0.0/8");
    assertThat(ten.contains(InetAddress.ofLiteral("10.255.255.255"))).isTrue();
    assertThat(ten.contains(InetAddress.ofLiteral("11.0.0.0"))).isFalse();
    assertThat(ten.contains(InetAddress.ofLiteral("::a00:1"))).isFalse();
    assertThat(ten.overlaps(AddressRange.parse("10.1.0.0/16"))).isTrue();
    assertThat(AddressRange.parse("10.1.0.0/16").overlaps(ten)).isTrue();
    assertThat(ten.overlaps(AddressRange.parse("0.0.0.0/0"))).isTrue();
    assertThat(ten.overlaps(AddressRange.parse("::/0"))).isFalse();
    var odd = AddressRange.parse("192.168.1.128/25");
    assertThat(odd.contains(InetAddress.ofLiteral("192.168.1.127"))).isFalse();
    assertThat(odd.contains(InetAddress.ofLiteral("192.168.1.200"))).isTrue();
  }

  @Test
  void readsAllowedAddresses() {
    assertThat(AllowedAddress.parse("10.0.0.0/8:443")).hasToString("10.0.0.0/8:443");
    assertThat(AllowedAddress.parse("10.0.0.5")).hasToString("10.0.0.5/32");
    for (String wrong : List.of("10.0.0.5:", "10.0.0.5:0", "10.0.0.5:65536", "::1", "a:80")) {
      assertThatThrownBy(() -> AllowedAddress.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void matchesNamesAndWhatIsBelowThem() {
    assertThat(NamePattern.parse("Deb.Debian.org.").matches("deb.debian.org")).isTrue();
    assertThat(NamePattern.parse("debian.org").matches("deb.debian.org")).isFalse();
    var below = NamePattern.parse("*.debian.org");
    assertThat(below.matches("deb.debian.org")).isTrue();
    assertThat(below.matches("a.b.debian.org")).isTrue();
    assertThat(below.matches("debian.org")).isFalse();
    assertThat(below.matches("evildebian.org")).isFalse();
    assertThat(below.matches("deb.debian.org.evil.example")).isFalse();
    for (String wrong : List.of("", "*", "*.", "a..b", "a.*.b", "-a.b", "a b", "x".repeat(64))) {
      assertThatThrownBy(() -> NamePattern.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void namesInstallationsShortlyAndDifferently() {
    assertThat(NetworkSettings.name("cairn-1")).matches("cairn[0-9a-f]{6}");
    assertThat(NetworkSettings.name("cairn-1")).isNotEqualTo(NetworkSettings.name("cairn-2"));
    var subnet = Subnet.candidates("cairn").getFirst();
    assertThat(Slot.of("cairn123456", subnet, 36 * 36 * 36 * 36 + 7).device())
        .isEqualTo("cairn1234560007");
    assertThat(subnet.step(Subnet.ADDRESSES)).isEqualTo(subnet.step(0));
    assertThat(subnet.step(Subnet.ADDRESSES - 1)).isNotEqualTo(subnet.gateway());
  }
}
