package dev.cairn.service.json;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes and reads records of the model. A field is a component of its record, a choice carries the
 * name of its case under {@code "@"}. Fields that a newer version wrote are passed over.
 */
public final class ModelJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .annotationIntrospector(new SealedTypes())
          .changeDefaultVisibility(visibility ->
              visibility
                  .withFieldVisibility(Visibility.ANY)
                  .withGetterVisibility(Visibility.NONE)
                  .withIsGetterVisibility(Visibility.NONE))
          .changeDefaultPropertyInclusion(
              value -> value.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private ModelJson() {}

  /** The value as one line. */
  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** The value as bytes without a line feed; {@code type} is the choice it is a case of. */
  public static byte[] bytes(Class<?> type, Object value) {
    return MAPPER.writerFor(type).writeValueAsBytes(value);
  }

  /** Reads what {@link #write} wrote. */
  public static <T> T read(String text, Class<T> type) {
    return MAPPER.readValue(text, type);
  }

  /** Reads what {@link #bytes} wrote. */
  public static <T> T read(byte[] bytes, Class<T> type) {
    return MAPPER.readValue(bytes, type);
  }
}
