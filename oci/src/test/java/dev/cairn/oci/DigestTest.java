package dev.cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

  private static final String ABC =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void hashesThePublishedVector() {
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
    assertThat(Digest.sha256(abc)).hasToString(ABC).isEqualTo(Digest.parse(ABC));
    assertThat(Digest.ofSha256(Digest.parse(ABC).bytes())).isEqualTo(Digest.parse(ABC));
    assertThat(Digest.Algorithm.SHA512.newHasher().update(abc).finish().toString())
        .startsWith("sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2");
  }

  @Test
  void countsTheBytesHashed() {
    var hasher = Digest.newHasher().update(new byte[10]).update(3).update(new byte[9], 2, 4);
    assertThat(hasher.size()).isEqualTo(15);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256",
        "sha256:",
        "sha256:abc",
        "SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "sha256:../../../../../../../../../../../../../../../../../../../../etcp",
        "sha384:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256 :ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      })
  void refusesWhatIsNoDigest(String text) {
    assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(InvalidOciException.class);
  }
}
