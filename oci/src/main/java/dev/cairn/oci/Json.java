package dev.cairn.oci;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Hostile JSON in, deterministic JSON out: limits on bytes, depth and tokens, no key twice, strict
 * UTF-8, nothing after the end.
 */
final class Json {

  private static final int DEPTH_LIMIT = 32;
  private static final int TOKEN_LIMIT = 500_000;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_LIMIT)
                          .maxTokenCount(TOKEN_LIMIT)
                          .maxNumberLength(32)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** Reads one object of at most {@code limit} bytes; {@code what} names it in errors. */
  static ObjectNode readObject(byte[] bytes, int limit, String what) {
    if (bytes.length > limit) {
      throw new InvalidOciException(
          what + " has " + bytes.length + " bytes; at most " + limit + " are read");
    }
    try {
      // Decoded here, because the parser would also guess UTF-16 and UTF-32, which other readers of
      // the same bytes do not.
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      JsonNode node = MAPPER.readTree(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new InvalidOciException(what + " must be a JSON object");
    } catch (CharacterCodingException e) {
      throw new InvalidOciException(what + " is not valid UTF-8", e);
    } catch (JacksonException e) {
      throw new InvalidOciException(what + " is not valid JSON: " + reason(e), e);
    }
  }

  /** The bytes of an object: no white space, keys in the order they were put. */
  static byte[] write(ObjectNode object) {
    return MAPPER.writeValueAsBytes(object);
  }

  static ObjectNode newObject() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static String reason(JacksonException e) {
    String text = e.getOriginalMessage();
    return InvalidOciException.quote(text == null ? e.getClass().getSimpleName() : text);
  }
}
