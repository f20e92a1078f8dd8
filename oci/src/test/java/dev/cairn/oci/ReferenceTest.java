package dev.cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {

  private static final String HEX =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @ParameterizedTest
  @CsvSource({
    "debian, docker.io/library/debian, debian",
    "debian:13, docker.io/library/debian:13, debian:13",
    "docker.io/debian, docker.io/library/debian, debian",
    "index.docker.io/library/debian:13, docker.io/library/debian:13, debian:13",
    "user/app, docker.io/user/app, user/app",
    "library/debian, docker.io/library/debian, debian",
    "localhost/app, localhost/app, localhost/app",
    "localhost:5000/app:v1, localhost:5000/app:v1, localhost:5000/app:v1",
    "127.0.0.1:5000/a/b/c, 127.0.0.1:5000/a/b/c, 127.0.0.1:5000/a/b/c",
    "[::1]:5000/app, [::1]:5000/app, [::1]:5000/app",
    "Registry.Example/app, registry.example/app, registry.example/app",
    "ghcr.io/a_b/c--d/e.f__g:T.1, ghcr.io/a_b/c--d/e.f__g:T.1, ghcr.io/a_b/c--d/e.f__g:T.1",
  })
  void normalisesAsDockerDoes(String text, String full, String familiar) {
    Reference reference = Reference.parse(text);
    assertThat(reference).hasToString(full);
    assertThat(reference.familiar()).isEqualTo(familiar);
    assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
  }

  @Test
  void keepsTagAndDigestTogether() {
    Reference reference = Reference.parse("debian:13@sha256:" + HEX);
    assertThat(reference.tag()).contains(new Tag("13"));
    assertThat(reference.manifestKey()).isEqualTo("sha256:" + HEX);
    assertThat(reference.familiar()).isEqualTo("debian:13@sha256:" + HEX);
    assertThat(Reference.parse("debian").orLatest()).hasToString("docker.io/library/debian:latest");
    assertThat(reference.orLatest()).isEqualTo(reference);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "@",
        "/",
        "a/",
        "/a",
        "a//b",
        "a/../b",
        "Debian",
        "a:",
        "a:.x",
        "a:-x",
        "a@",
        "a@sha256:12",
        "a b",
        "a\nb",
        "a.-b",
        "-a",
        "a-",
        "a__",
        "a___b",
        "_a",
        "a..b",
        "docker.io/",
        "host:0/a",
        "host:99999/a",
        "host:/a",
        "host:x/a",
        "-host.x/a",
        "h..x/a",
        "[::1/a",
        "[::1%25eth0]/a",
        "é/a",
        "a/é",
        "http://x/a",
        "a:b:c",
        "a@b@c",
        "user:pass@host/a",
        "lZ/5",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      })
  void refusesWhatDockerRefuses(String text) {
    assertThatThrownBy(() -> Reference.parse(text)).isInstanceOf(InvalidOciException.class);
  }

  @Test
  void limitsTheLengths() {
    String name = "a".repeat(255 - "docker.io/x/".length());
    assertThat(Reference.parse("x/" + name).name()).hasSize(255);
    assertThatThrownBy(() -> Reference.parse("x/" + name + "a")).hasMessageContaining("255");
    assertThat(Reference.parse("x:" + "t".repeat(128)).tag()).isPresent();
    assertThatThrownBy(() -> Reference.parse("x:" + "t".repeat(129))).hasMessageContaining("128");
    assertThatThrownBy(() -> Reference.parse("a/".repeat(5_000_000))).hasMessageContaining("1024");
  }

  @Test
  void readsBackWhateverItAccepts() {
    Fuzz.run(
        "references",
        random -> {
          String text = Fuzz.text(random, "aZ0.-_/:@[]%~\\é \nsha256:" + HEX + "localhost", 40);
          try {
            Reference reference = Reference.parse(text);
            assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
            assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
          } catch (InvalidOciException e) {
            assertThat(e.getMessage()).isNotBlank().matches("[^\\p{Cntrl}]*");
          }
        });
  }

  @Test
  void readsBackFamiliarNamesOfTheHub() {
    for (String text :
        new String[] {"docker.io/localhost/x", "docker.io/library/library/x", "docker.io/a.b/c"}) {
      Reference reference = Reference.parse(text);
      assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
    }
  }
}
