package dev.cairn.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.TenantId;
import dev.cairn.service.Right;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwtTokensTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String HS256 = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

  private final JwtTokens tokens =
      new JwtTokens(
          SECRET.getBytes(StandardCharsets.UTF_8),
          new TenantId("acme"),
          Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC));

  private static String part(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String token(String secret, String header, String claims)
      throws GeneralSecurityException {
    String signed =
        part(header.getBytes(StandardCharsets.UTF_8))
            + '.'
            + part(claims.getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return signed + '.' + part(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void takesATokenOfItsSecret() throws GeneralSecurityException {
    assertThat(tokens.authenticate(token(SECRET, HS256, "{\"sub\":\"user-1\",\"exp\":1001}")))
        .hasValueSatisfying(who -> {
          assertThat(who.tenant().value()).isEqualTo("acme");
          assertThat(who.tokenId()).isEqualTo("jwt:user-1");
          assertThat(who.rights()).contains(Right.BUILD_WRITE).doesNotContain(Right.SYSTEM_ADMIN);
        });
  }

  @Test
  void givesOnlyTheRightsThatItNames() throws GeneralSecurityException {
    String claims = "{\"sub\":\"u\",\"permissions\":[\"build:read\",\"system:admin\",\"x\"]}";
    assertThat(tokens.authenticate(token(SECRET, HS256, claims)))
        .hasValueSatisfying(who -> assertThat(who.rights()).containsExactly(Right.BUILD_READ));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"sub\":\"u\",\"exp\":1000}",
        "{\"sub\":\"u\",\"exp\":\"never\"}",
        "{\"sub\":\"u\",\"nbf\":1001}",
        "{\"sub\":\"\"}",
        "{}",
        "{\"sub\":\"builder-1\"}",
        "{\"sub\":\"u\",\"build_id\":\"b\"}",
        "{\"sub\":\"u\",\"repos\":[]}",
        "not json"
      })
  void refusesClaimsThatAreNone(String claims) throws GeneralSecurityException {
    assertThat(tokens.authenticate(token(SECRET, HS256, claims))).isEmpty();
  }

  @Test
  void refusesOtherSecretsAlgorithmsAndForms() throws GeneralSecurityException {
    String claims = "{\"sub\":\"u\"}";
    String good = token(SECRET, HS256, claims);
    assertThat(tokens.authenticate(good)).isPresent();
    assertThat(tokens.authenticate(token(SECRET + "x", HS256, claims))).isEmpty();
    assertThat(tokens.authenticate(token(SECRET, "{\"alg\":\"none\"}", claims))).isEmpty();
    assertThat(tokens.authenticate(token(SECRET, "{\"alg\":\"HS512\"}", claims))).isEmpty();
    assertThat(tokens.authenticate(good.substring(0, good.lastIndexOf('.') + 1))).isEmpty();
    assertThat(tokens.authenticate(good + ".x")).isEmpty();
    assertThat(tokens.authenticate("")).isEmpty();
    assertThatThrownBy(() -> new JwtTokens(new byte[31], new TenantId("acme"), Clock.systemUTC()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
