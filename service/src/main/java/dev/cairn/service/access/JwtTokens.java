package dev.cairn.service.access;

import dev.cairn.build.TenantId;
import dev.cairn.service.Principal;
import dev.cairn.service.Right;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON web tokens (RFC 7519) signed with HS256 under a secret that the operator shares with whoever
 * issues them. All of them belong to the one tenant that the operator named, because a field of the
 * token must not pick another. Tokens of the uploading side of a build are refused.
 */
public final class JwtTokens {
  /** What the ids of their principals begin with. */
  static final String ID_PREFIX = "jwt:";

  private static final int SHORTEST_SECRET = 32;

  private final SecretKeySpec key;
  private final TenantId tenant;
  private final Clock clock;
  private final JsonMapper mapper = JsonMapper.builder().build();

  /**
   * Tokens under this secret.
   *
   * @param tenant whose they all are
   * @throws IllegalArgumentException if the secret has less than 32 bytes
   */
  public JwtTokens(byte[] secret, TenantId tenant, Clock clock) {
    if (secret.length < SHORTEST_SECRET) {
      throw new IllegalArgumentException("a secret for HS256 tokens has at least 32 bytes");
    }
    this.key = new SecretKeySpec(secret, "HmacSHA256");
    this.tenant = tenant;
    this.clock = clock;
  }

  /** Who presents it; empty if anything about it is wrong. */
  Optional<Principal> authenticate(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      Base64.Decoder decoder = Base64.getUrlDecoder();
      byte[] signed = (parts[0] + '.' + parts[1]).getBytes(StandardCharsets.US_ASCII);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      if (!MessageDigest.isEqual(mac.doFinal(signed), decoder.decode(parts[2]))
          || !"HS256".equals(mapper.readTree(decoder.decode(parts[0])).path("alg").asString(""))) {
        return Optional.empty();
      }
      return principal(mapper.readTree(decoder.decode(parts[1])));
    } catch (IllegalArgumentException | JacksonException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private Optional<Principal> principal(JsonNode claims) {
    long now = clock.instant().getEpochSecond();
    String subject = claims.path("sub").asString("");
    boolean ofBuilder =
        claims.has("repos")
            || claims.has("repo_access")
            || claims.has("scope")
            || claims.has("build_id")
            || subject.startsWith("builder-");
    if (ofBuilder
        || subject.isEmpty()
        || subject.length() > 128
        || within(claims, "exp", now, false)
        || within(claims, "nbf", now, true)) {
      return Optional.empty();
    }
    JsonNode end = claims.path("exp");
    return Optional.of(
        new Principal(
            tenant,
            ID_PREFIX + subject,
            rights(claims),
            Optional.empty(),
            end.isNumber() ? Optional.of(Instant.ofEpochSecond(end.asLong())) : Optional.empty()));
  }

  /** Whether a time claim speaks against the token. */
  private static boolean within(JsonNode claims, String name, long now, boolean future) {
    JsonNode claim = claims.path(name);
    if (claim.isMissingNode()) {
      return false;
    }
    return !claim.isNumber() || (future ? claim.asLong() > now : claim.asLong() <= now);
  }

  /** No {@code permissions} claim means everything that a tenant may do; {@code *} likewise. */
  private static Set<Right> rights(JsonNode claims) {
    JsonNode permissions = claims.path("permissions");
    Set<Right> full = EnumSet.copyOf(Right.ordinary());
    full.add(Right.BUILD_ADMIN);
    if (permissions.isMissingNode()) {
      return full;
    }
    var rights = EnumSet.noneOf(Right.class);
    for (JsonNode permission : permissions) {
      String text = permission.asString("");
      if (text.equals("*")) {
        return full;
      }
      Arrays.stream(Right.values())
          .filter(right -> right.text().equals(text) && full.contains(right))
          .forEach(rights::add);
    }
    return rights;
  }
}
