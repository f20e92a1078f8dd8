package dev.cairn.app.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Cairn's own API, {@code /api/v1} (see openapi.yaml), as the commands use it. */
public final class CairnApi {
  private static final String BASE = "/api/v1";
  private static final ObjectMapper JSON = JsonMapper.shared();

  private final ApiConnection connection;

  /** Speaks over this connection. */
  public CairnApi(ApiConnection connection) {
    this.connection = connection;
  }

  /**
   * Sends a request below {@code /api/v1} and reads its JSON answer; a missing node if there is
   * none.
   *
   * @throws ApiException if the server refuses
   */
  public JsonNode call(ApiRequest request) throws IOException {
    try (ApiResponse response = open(request)) {
      String text = response.text();
      return text.isEmpty() ? JSON.missingNode() : JSON.readTree(text);
    } catch (JacksonException e) {
      throw new IOException("the server's answer is no JSON; is it Cairn?", e);
    }
  }

  /**
   * The same, for answers that are read as they arrive. The caller closes the response.
   *
   * @throws ApiException if the server refuses
   */
  public ApiResponse open(ApiRequest request) throws IOException {
    var full =
        new ApiRequest(request.method(), BASE + request.path(), request.headers(), request.body());
    ApiResponse response = connection.send(full);
    if (response.status() < 300) {
      return response;
    }
    try (response) {
      throw refusal(response);
    }
  }

  private static ApiException refusal(ApiResponse response) throws IOException {
    String text = response.text();
    try {
      JsonNode error = JSON.readTree(text).path("error");
      return new ApiException(
          response.status(),
          error.path("code").asString("http-" + response.status()),
          error.path("message").asString("the server answered " + response.status()));
    } catch (JacksonException e) {
      return new ApiException(
          response.status(),
          "http-" + response.status(),
          "the server answered " + response.status() + " without a reason; is it Cairn?");
    }
  }

  /**
   * Follows a build's events from a number on, as {@link #events(String, long, boolean, Consumer)}.
   */
  public void events(String build, long from, Consumer<String> line) throws IOException {
    events(build, from, true, line);
  }

  /**
   * Follows a build's events from a number on, until its last one or until the connection breaks.
   *
   * @param follow whether to wait for what is still to come
   * @param line receives each event as one line of JSON; a heartbeat has no number
   */
  public void events(String build, long from, boolean follow, Consumer<String> line)
      throws IOException {
    ApiRequest request =
        ApiRequest.get("/builds/" + encode(build) + "/events?from=" + from + "&follow=" + follow)
            .with("Accept", "application/jsonl");
    try (ApiResponse response = open(request);
        var reader =
            new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String each = reader.readLine(); each != null; each = reader.readLine()) {
        if (!each.isEmpty()) {
          line.accept(each);
        }
      }
    }
  }

  /** Takes bytes as they arrive. */
  public interface Receiver {
    /** Reads all of them. */
    void receive(InputStream in) throws IOException;
  }

  /** Copies a finished build's image in one of its forms: oci, docker or tar. */
  public void output(String build, String type, Receiver to) throws IOException {
    try (ApiResponse response =
        open(ApiRequest.get("/builds/" + encode(build) + "/output?type=" + encode(type)))) {
      to.receive(response.body());
    }
  }

  /** Text as part of a path or query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
