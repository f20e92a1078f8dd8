package dev.cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.oci.Fuzz;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeTest {

  @Test
  void readsWhatRegistriesSend() {
    assertThat(
            Challenge.parse(
                List.of(
                    "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                        + "scope=\"repository:a/b:pull,push\"",
                    "Basic realm=\"x \\\"y\\\"\", Negotiate, Bearer realm = https://a.b/c , error=\"d\"")))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm", "https://auth.docker.io/token",
                    "service", "registry.docker.io",
                    "scope", "repository:a/b:pull,push")),
            new Challenge("basic", Map.of("realm", "x \"y\"")),
            new Challenge("negotiate", Map.of()),
            new Challenge("bearer", Map.of("realm", "https://a.b/c", "error", "d")));
  }

  @Test
  void takesTheFirstOfTwoEqualParameters() {
    var challenge =
        Challenge.parse(List.of("Bearer realm=\"https://a/\",Realm=\"https://b/\"")).getFirst();
    assertThat(challenge.parameter("realm")).contains("https://a/");
  }

  @Test
  void survivesHostileHeaders() {
    assertThat(Challenge.parse(List.of("x".repeat(10_000)))).isEmpty();
    assertThat(Challenge.parse(List.of("a,".repeat(4000)))).hasSizeLessThanOrEqualTo(17);
    assertThat(Challenge.parse(List.of("Bearer realm=\"", "=", "\"", "Bearer \\", "a=b")))
        .hasSizeLessThanOrEqualTo(2);
    Fuzz.run(
        "challenges",
        random -> {
          String text = Fuzz.text(random, "Bearer realm=\"https://a/\\\", ,;=\té", 300);
          assertThat(Challenge.parse(List.of(text, text))).hasSizeLessThanOrEqualTo(17);
        });
  }
}
