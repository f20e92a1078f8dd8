package dev.cairn.dockerfile.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesTest {
  // I.HEALTHCHECK
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1ns,1",
    "1.5s,1500000000",
    "2h45m,9900000000000",
    "-3ms,-3000000",
    ".5us,500",
    "1h1m1.001s,3661001000000"
  })
  void readsDurations(String text, long nanos) {
    assertThat(GoDuration.parse(text).toNanos()).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "1d", "1.2.3s", "-", "99999999999h", "1s5"})
  void refusesDurations(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  // M.tmpfs
  @ParameterizedTest
  @CsvSource({"5,5", "1k,1024", "1.5 MiB,1572864", "2G,2147483648", "10b,10"})
  void readsSizes(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "k", "-1", "1x", "99999999p", "1..5k"})
  void refusesSizes(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  // C.chmod C.chmod-symbolic
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "644 777 false 644",
        "07777 0 true 7777",
        "u=rwX,go=rX 600 false 644",
        "u=rwX,go=rX 700 false 755",
        "u=rwX,go=rX 600 true 755",
        "+x 644 false 755",
        "a-w 666 false 444",
        "g=u 640 false 660",
        "u+s,g+s 755 false 6755",
        "+t 777 true 1777",
        "go= 777 false 700",
        "u+x-w 644 false 544"
      })
  void changesModes(String change, String old, boolean directory, String expected) {
    int mode = FileModeChange.parse(change).apply(Integer.parseInt(old, 8), directory);
    assertThat(Integer.toOctalString(mode)).isEqualTo(expected);
  }

  // E.chmod
  @ParameterizedTest
  @ValueSource(strings = {"", "888", "10000", "u", "u=q", "x=r", "u=rw,", "0x7", "ug"})
  void refusesModes(String text) {
    assertThatThrownBy(() -> FileModeChange.parse(text)).hasMessageContaining("chmod");
  }

  // I.STOPSIGNAL E.signal
  @ParameterizedTest
  @CsvSource({
    "9,9",
    "SIGTERM,15",
    "term,15",
    "SIGRTMIN+3,37",
    "RTMAX-1,63",
    "SIGKILL,9",
    "64,64",
    "SYS,31"
  })
  void readsSignals(String text, int number) {
    assertThat(StopSignal.parse(text)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "65", "SIGFOO", "RTMIN+99", "-1"})
  void refusesSignals(String text) {
    assertThatThrownBy(() -> StopSignal.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  // I.EXPOSE
  @Test
  void readsPorts() {
    assertThat(Ports.parse("80").ports()).containsExactly("80/tcp");
    assertThat(Ports.parse("80-82/UDP"))
        .isEqualTo(new Ports(List.of("80/udp", "81/udp", "82/udp"), false, true));
    assertThat(Ports.parse("127.0.0.1:8080:80/sctp"))
        .isEqualTo(new Ports(List.of("80/sctp"), true, false));
  }

  // E.port
  @ParameterizedTest
  @ValueSource(strings = {"", "x", "65536", "80/xyz", "82-80", "80-", "80/", "x:80", "-1"})
  void refusesPorts(String text) {
    assertThatThrownBy(() -> Ports.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  // C.chown
  @Test
  void readsOwners() {
    assertThat(Owner.parse("u:g")).isEqualTo(new Owner(Optional.of("u"), Optional.of("g")));
    assertThat(Owner.parse(":5").user()).isEmpty();
    assertThat(Owner.number("1000")).hasValue(1000);
    assertThat(Owner.number("4294967296")).isEmpty();
    assertThatThrownBy(() -> Owner.parse("a:b:c")).isInstanceOf(IllegalArgumentException.class);
  }

  // A.platform E.platform
  @ParameterizedTest
  @CsvSource({
    "linux/amd64,linux/amd64",
    "linux/arm64/v8,linux/arm64",
    "linux/arm,linux/arm/v7",
    "arm64,linux/arm64",
    "x86_64,linux/amd64",
    "windows(10.0.1)/amd64,windows(10.0.1)/amd64"
  })
  void readsPlatforms(String text, String expected) {
    assertThat(PlatformName.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "linux/", "a/b/c/d", "what", "linux/a b"})
  void refusesPlatforms(String text) {
    assertThatThrownBy(() -> PlatformName.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  // D.git
  @Test
  void tellsGitFromDownloads() {
    assertThat(RemoteKind.of("https://h/x.git#main:sub")).isEqualTo(RemoteKind.GIT);
    assertThat(RemoteKind.of("https://h/x?y=.git")).isEqualTo(RemoteKind.HTTP);
    assertThat(RemoteKind.of("git@h:x")).isEqualTo(RemoteKind.GIT);
    assertThat(RemoteKind.of("git/x")).isEqualTo(RemoteKind.LOCAL);
  }

  @Test
  void suggestsNearWords() {
    assertThat(Suggestion.hint("FORM", List.of("FROM", "RUN"))).isEqualTo(" (did you mean FROM?)");
    assertThat(Suggestion.nearest("elephant", List.of("FROM"))).isEmpty();
  }
}
