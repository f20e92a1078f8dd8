package dev.cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64",
    "linux/x86_64, linux/amd64",
    "linux/amd64/v1, linux/amd64",
    "linux/amd64/v2, linux/amd64/v2",
    "linux/aarch64, linux/arm64",
    "linux/arm64/v8, linux/arm64",
    "linux/arm64/8, linux/arm64",
    "linux/arm64/v9.0, linux/arm64/v9",
    "linux/arm, linux/arm/v7",
    "linux/armhf, linux/arm/v7",
    "linux/armel, linux/arm/v6",
    "linux/arm/6, linux/arm/v6",
    "linux/i386, linux/386",
    "Linux/AMD64, linux/amd64",
    "macos/arm64, darwin/arm64",
    "windows(10.0.17763.1)/amd64, windows(10.0.17763.1)/amd64",
  })
  void normalises(String text, String normal) {
    assertThat(Platform.parse(text)).hasToString(normal);
    assertThat(Platform.parse(normal)).isEqualTo(Platform.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "linux",
        "/",
        "linux/",
        "/amd64",
        "a/b/c/d",
        "linux/amd64/",
        "li nux/amd64",
        "l(/amd64",
        "../x"
      })
  void refusesWhatIsNoPlatform(String text) {
    assertThatThrownBy(() -> Platform.parse(text)).isInstanceOf(InvalidOciException.class);
  }

  @Test
  void choosesTheHighestVariantThatRuns() {
    var v5 = entry("linux/arm/v5");
    var v6 = entry("linux/arm/v6");
    var v7 = entry("linux/arm/v7");
    assertThat(PlatformChoice.choose(List.of(v5, v6, v7), Platform.parse("linux/arm")))
        .contains(v7);
    assertThat(PlatformChoice.choose(List.of(v5, v6), Platform.parse("linux/arm/v7"))).contains(v6);
    assertThat(PlatformChoice.choose(List.of(v7), Platform.parse("linux/arm/v6"))).isEmpty();
    assertThat(PlatformChoice.choose(List.of(entry("linux/amd64/v3")), Platform.LINUX_AMD64))
        .isEmpty();
    assertThat(PlatformChoice.runs(Platform.LINUX_AMD64, Platform.parse("linux/amd64/v3")))
        .isTrue();
    assertThat(PlatformChoice.runs(Platform.LINUX_ARM64, Platform.parse("linux/arm64/v9")))
        .isTrue();
    assertThat(PlatformChoice.runs(Platform.LINUX_AMD64, Platform.LINUX_ARM64)).isFalse();
  }

  @Test
  void neverChoosesAnAttestation() {
    var attestation =
        entry("unknown/unknown")
            .withAnnotations(Map.of(Descriptor.REFERENCE_TYPE, "attestation-manifest"));
    var disguised =
        entry("linux/amd64")
            .withAnnotations(Map.of(Descriptor.REFERENCE_TYPE, "attestation-manifest"));
    assertThat(PlatformChoice.choose(List.of(attestation, disguised), Platform.LINUX_AMD64))
        .isEmpty();
  }

  private static Descriptor entry(String platform) {
    return Descriptor.of(MediaType.OCI_MANIFEST, platform.getBytes(StandardCharsets.UTF_8))
        .withPlatform(Platform.parse(platform));
  }
}
