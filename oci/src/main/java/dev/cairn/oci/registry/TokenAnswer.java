package dev.cairn.oci.registry;

import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a token service sends: an access token and how long it lasts, 60 s unless it says otherwise.
 */
record TokenAnswer(String token, Duration lifetime) {

  private static final long LONGEST_SECONDS = 3600;

  static TokenAnswer parse(byte[] bytes) {
    try {
      JsonNode node = RegistryJson.MAPPER.readTree(bytes);
      String token = node.path("token").asString("");
      if (token.isEmpty()) {
        token = node.path("access_token").asString("");
      }
      if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
        throw new IllegalArgumentException("the answer of the token service holds no token");
      }
      long seconds = node.path("expires_in").asLong(60);
      return new TokenAnswer(token, Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST_SECONDS)));
    } catch (JacksonException e) {
      // Without the cause: its text may hold part of the token.
      throw new IllegalArgumentException(
          "the answer of the token service is not the JSON it should be");
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
