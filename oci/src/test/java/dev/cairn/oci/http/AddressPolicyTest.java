package dev.cairn.oci.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "0.255.255.255",
        "10.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.0",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.0.0.53",
        "127.1.1.1",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.0.0",
        "169.254.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.169.253",
        "169.254.255.255",
        "172.16.0.0",
        "172.16.0.1",
        "172.17.0.1",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.8",
        "192.0.0.192",
        "192.0.2.0",
        "192.0.2.1",
        "192.88.99.1",
        "192.88.99.2",
        "192.168.0.0",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.0",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "203.0.113.255",
        "224.0.0.0",
        "224.0.0.1",
        "224.0.0.251",
        "239.255.255.250",
        "239.255.255.255",
        "240.0.0.0",
        "240.0.0.1",
        "254.0.0.1",
        "255.255.255.254",
        "255.255.255.255",
        "::",
        "::1",
        "::2",
        "::7f00:1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:7f00:1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "64:ff9b:1:ffff::10.0.0.1",
        "100::",
        "100::1",
        "100:0:0:1::1",
        "2001::",
        "2001::1",
        "2001:0:4136:e378::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2001:db8:ffff::",
        "2002::",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff::1",
        "5f00::1",
        "fc00::",
        "fc00::1",
        "fd00::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "fdff:ffff::1",
        "fe80::",
        "fe80::1",
        "fe80::a9fe:a9fe",
        "febf::1",
        "fec0::1",
        "feff::1",
        "ff00::1",
        "ff01::1",
        "ff02::1",
        "ff02::fb",
        "ff05::1:3",
        "ffff::1",
        "1::1",
        "4000::1",
        "8000::1"
      })
  void refusesSpecialAddresses(String address) {
    assertThat(AddressPolicy.publicOnly().refusal(literal(address), 443)).as(address).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "2400:cb00::1",
        "2001:4860:4860::8888",
        "2003::1"
      })
  void allowsPublicAddresses(String address) {
    assertThat(AddressPolicy.publicOnly().refusal(literal(address), 443)).as(address).isEmpty();
  }

  @Test
  void allowsExactlyWhatTheOperatorLists() throws Exception {
    var policy =
        AddressPolicy.allowing(
            List.of("10.1.0.0/16", "127.0.0.1:5000", "[fd00::/8]:443", "fd01::7"));
    assertThat(policy.allows(literal("10.1.2.3"), 1)).isTrue();
    assertThat(policy.allows(literal("10.2.0.1"), 1)).isFalse();
    assertThat(policy.allows(literal("127.0.0.1"), 5000)).isTrue();
    assertThat(policy.allows(literal("127.0.0.1"), 5001)).isFalse();
    assertThat(policy.allows(literal("127.0.0.2"), 5000)).isFalse();
    assertThat(policy.allows(literal("fd12::1"), 443)).isTrue();
    assertThat(policy.allows(literal("fd12::1"), 80)).isFalse();
    assertThat(policy.allows(literal("fd01::7"), 80)).isTrue();
    // What the platform makes of a mapped address is judged as the IPv4 address it is.
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    assertThat(policy.allows(InetAddress.getByAddress(mapped), 80)).isFalse();
    assertThat(policy.allows(InetAddress.getByAddress(mapped), 5000)).isTrue();
  }

  @Test
  void looksThroughAnAllowedTranslationPrefix() {
    var policy = AddressPolicy.allowing(List.of("64:ff9b::/96"));
    assertThat(policy.allows(literal("64:ff9b::8.8.8.8"), 443)).isTrue();
    assertThat(policy.allows(literal("64:ff9b::127.0.0.1"), 443)).isFalse();
    assertThat(policy.allows(literal("64:ff9b::169.254.169.254"), 80)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10/8",
        "10.0.0.1:",
        "10.0.0.1:0",
        "10.0.0.1:70000",
        "[fd00::1",
        "[fd00::1]5000",
        "fd00::/129",
        "::ffff:10.0.0.0/8",
        "010.0.0.1",
        "10.0.0.1:x"
      })
  void refusesEntriesThatAreNoRange(String text) {
    assertThatThrownBy(() -> AddressPolicy.allowing(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://017700000001/",
        "http://127.0.0.01/",
        "http://127.0.0.256/",
        "http://1.2.3.4.5/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[::1",
        "http://user@127.0.0.1/",
        "http://good.example@127.0.0.1/",
        "http://127.0.0.1%2f@x/",
        "http://１２７.0.0.1/",
        "http://ⓛocalhost/",
        "http://127。0。0。1/",
        "http://%31%32%37.0.0.1/",
        "http:///x",
        "http://",
        "https:example.com",
        "file:///etc/passwd",
        "ftp://x/",
        "gopher://x/",
        "//x/",
        "x",
        "http://a b/",
        "http://a\r\nHost: x/",
        "http://a/\r\nx",
        "http://a..b/",
        "http://.a/",
        "http://host:0/",
        "http://host:65536/",
        "http://host:-1/",
        "http://0x/",
        "http://1.0x7f/",
        "jar:http://x/",
        "http://a\\b/",
        "http://a#@127.0.0.1\\/"
      })
  void refusesOddSpellingsInUrls(String url) {
    assertThatThrownBy(() -> HttpUrl.parse(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsPlainUrls() {
    assertThat(HttpUrl.parse("HTTPS://Example.COM.:443/a?b#c"))
        .hasToString("https://example.com/a?b");
    assertThat(HttpUrl.parse("http://[2606:4700::1111]:8080").authority())
        .isEqualTo("[2606:4700::1111]:8080");
    assertThat(HttpUrl.parse("http://1.1.1.1/x/y").resolve("../z")).hasToString("http://1.1.1.1/z");
    assertThat(HttpUrl.parse("http://a.b/x").resolve("//c.d/y")).hasToString("http://c.d/y");
    assertThat(HttpUrl.parse("https://a.b/x?y=1").withQuery("d", "sha256:ab&c"))
        .hasToString("https://a.b/x?y=1&d=sha256:ab%26c");
  }

  private static InetAddress literal(String text) {
    return IpLiteral.parse(text).orElseThrow();
  }
}
