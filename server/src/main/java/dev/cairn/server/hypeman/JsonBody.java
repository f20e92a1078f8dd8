package dev.cairn.server.hypeman;

import dev.cairn.server.http.Json;
import dev.cairn.server.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The JSON object of a request, read member by member; members that nobody asks for are ignored. An
 * error is 400 {@code invalid_request} and names the member, never its value.
 */
final class JsonBody {
  private final JsonNode object;

  private JsonBody(JsonNode object) {
    this.object = object;
  }

  /** Reads the body; an empty one is an object without members. */
  static JsonBody read(Request request) throws IOException {
    byte[] bytes;
    try (InputStream in = request.body()) {
      bytes = in.readAllBytes();
    }
    JsonNode node;
    try {
      node = bytes.length == 0 ? Json.LENIENT.createObjectNode() : Json.LENIENT.readTree(bytes);
    } catch (JacksonException e) {
      throw CreateFields.invalid("the body is not valid JSON");
    }
    if (node == null || !node.isObject()) {
      throw CreateFields.invalid("the body must be a JSON object");
    }
    return new JsonBody(node);
  }

  /** A text; an empty one counts as absent. */
  Optional<String> text(String member) {
    JsonNode value = object.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw CreateFields.invalid(member + " must be a text");
    }
    return Optional.of(value.stringValue()).filter(text -> !text.isEmpty());
  }

  /** A whole number. */
  Optional<Integer> number(String member) {
    JsonNode value = object.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isInt()) {
      throw CreateFields.invalid(member + " must be a whole number");
    }
    return Optional.of(value.intValue());
  }

  /** An object; one without members if it is absent. */
  JsonBody object(String member) {
    JsonNode value = object.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return new JsonBody(Json.LENIENT.createObjectNode());
    }
    if (!value.isObject()) {
      throw CreateFields.invalid(member + " must be a JSON object");
    }
    return new JsonBody(value);
  }

  /** The member {@code tags}. */
  Map<String, String> tags() {
    JsonNode value = object.path("tags");
    return value.isMissingNode() || value.isNull() ? Map.of() : Tags.read(value);
  }
}
