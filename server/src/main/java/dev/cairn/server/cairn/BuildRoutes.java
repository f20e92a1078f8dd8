package dev.cairn.server.cairn;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import dev.cairn.build.BuildState;
import dev.cairn.build.Origin;
import dev.cairn.oci.Digest;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Json;
import dev.cairn.server.http.Request;
import dev.cairn.server.http.Response;
import dev.cairn.service.Build;
import dev.cairn.service.BuildQuery;
import dev.cairn.service.Builds;
import dev.cairn.service.Principal;
import dev.cairn.service.Submission;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Builds: creating, listing, looking, cancelling, releasing. */
final class BuildRoutes {
  private static final Duration IDEMPOTENCY = Duration.ofHours(24);
  private static final int MOST_LABELS = 100;

  private final Builds builds;
  private final Set<Feature> offered;

  BuildRoutes(Builds builds, Set<Feature> offered) {
    this.builds = builds;
    this.offered = offered;
  }

  void create(Request request, Response response) throws IOException {
    byte[] bytes;
    try (InputStream body = request.body()) {
      bytes = body.readAllBytes();
    }
    BuildBody body = parse(bytes, BuildBody.class);
    Principal caller = request.caller();
    BuildId id = builds.newId();
    var sealed = new SealedValues();
    BuildRequest model = model(caller, id, body, sealed, request.id());
    Feature.check(model, offered);
    var submission =
        new Submission(caller, id, model, sealed.all(), idempotency(request, caller, bytes));
    var accepted = builds.accept(submission);
    response.header("Location", CairnDialect.BASE + "/builds/" + accepted.build().id());
    response.json(accepted.created() ? 202 : 200, WireBuild.of(accepted.build(), request.host()));
  }

  static BuildRequest model(
      Principal caller, BuildId id, BuildBody body, SealedValues sealed, String requestId) {
    var rest = new RequestReader(caller.tenant(), sealed);
    var recipe = new RecipeReader(sealed);
    return new BuildRequest(
        caller.tenant(),
        new Origin(
            CairnDialect.NAME,
            Optional.empty(),
            caller.tokenId(),
            body.trigger().filter(t -> t.matches("[a-z-]{1,32}")).orElse("api"),
            Optional.of(requestId)),
        labels(body.labels()),
        recipe.contexts(body.contexts()),
        recipe.recipe(Field.required("recipe", body.recipe())),
        rest.cache(body.cache().orElseGet(() -> parse("{}", BuildBody.CacheBody.class))),
        rest.inputs(body.inputs().orElseGet(() -> parse("{}", BuildBody.InputsBody.class))),
        rest.outputs(body.outputs().orElseGet(() -> parse("{}", BuildBody.OutputsBody.class)), id),
        rest.limits(body.limits().orElseGet(() -> parse("{}", BuildBody.LimitsBody.class))),
        rest.schedule(body.schedule().orElseGet(() -> parse("{}", BuildBody.ScheduleBody.class))));
  }

  static Map<String, String> labels(Optional<Map<String, String>> given) {
    Map<String, String> labels = Field.map("labels", given, MOST_LABELS);
    labels.forEach((key, value) -> {
      if (key.isEmpty() || key.length() > 128 || value.length() > 1024) {
        throw Field.invalid("labels", "a key has 1 to 128 characters and a value at most 1024");
      }
    });
    return labels;
  }

  static <T> T parse(String json, Class<T> type) {
    return parse(json.getBytes(StandardCharsets.UTF_8), type);
  }

  /** Reads JSON strictly; an error names the field and never quotes a value. */
  static <T> T parse(byte[] json, Class<T> type) {
    try {
      T value = Json.STRICT.readValue(json, type);
      if (value == null) {
        throw new ApiException(400, "invalid-json", "the body is null instead of an object");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw new ApiException(400, "unknown-field", path(e) + " is no field of this request");
    } catch (DatabindException e) {
      throw new ApiException(400, "invalid-field", path(e) + ": has the wrong type or form");
    } catch (JacksonException e) {
      throw new ApiException(400, "invalid-json", "the body is not valid JSON");
    }
  }

  private static String path(DatabindException e) {
    var path = new StringBuilder();
    for (var part : e.getPath()) {
      if (part.getPropertyName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(part.getPropertyName());
      } else if (part.getIndex() >= 0) {
        path.append('[').append(part.getIndex()).append(']');
      }
    }
    return path.isEmpty() ? "the body" : path.toString();
  }

  private static Optional<Submission.Idempotency> idempotency(
      Request request, Principal caller, byte[] body) {
    Optional<String> key = request.header("Idempotency-Key");
    key.filter(text -> !text.matches("[\\x21-\\x7e]{1,150}"))
        .ifPresent(text -> {
          throw new ApiException(
              400, "invalid-field", "Idempotency-Key: has 1 to 150 visible characters");
        });
    return key.map(text ->
        new Submission.Idempotency(
            "cairn:" + text, Digest.sha256(body).hex() + caller.tokenId(), IDEMPOTENCY, true));
  }

  void list(Request request, Response response) {
    Set<BuildState> states = EnumSet.noneOf(BuildState.class);
    request
        .queries()
        .getOrDefault("state", java.util.List.of())
        .forEach(word -> states.add(Field.constant("state", word, BuildState.class)));
    Map<String, String> labels = new HashMap<>();
    for (String pair : request.queries().getOrDefault("label", java.util.List.of())) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw Field.invalid("label", "is written key=value");
      }
      labels.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    int most = Paging.limit(request, 100);
    var query =
        BuildQuery.NEWEST.withStates(states).withLabels(labels).page(request.query("after"), most);
    var page = builds.list(request.caller().tenant(), query);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(
        "builds", page.items().stream().map(build -> WireBuild.of(build, request.host())).toList());
    page.next().ifPresent(next -> body.put("next", next));
    response.json(200, body);
  }

  void get(Request request, Response response) {
    response.json(200, WireBuild.of(find(builds, request), request.host()));
  }

  void cancel(Request request, Response response) {
    var caller = request.caller();
    String why = request.query("why").orElse("");
    if (why.length() > 500) {
      throw Field.invalid("why", "has at most 500 characters");
    }
    switch (builds.cancel(caller.tenant(), id(request), caller.tokenId(), why)) {
      case CANCELLED -> response.empty(204);
      case STOPPING -> response.json(202, WireBuild.of(find(builds, request), request.host()));
      case ENDED ->
          throw new ApiException(409, "build-ended", "the build has ended, so it stays as it is");
      case UNKNOWN -> throw unknown();
    }
  }

  void release(Request request, Response response) {
    if (!builds.release(request.caller().tenant(), id(request))) {
      throw new ApiException(404, "not-found", "no draft with this id");
    }
    response.empty(204);
  }

  static Build find(Builds builds, Request request) {
    return builds.get(request.caller().tenant(), id(request)).orElseThrow(BuildRoutes::unknown);
  }

  static BuildId id(Request request) {
    try {
      return BuildId.parse(request.parameter("id"));
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  static ApiException unknown() {
    return new ApiException(404, "not-found", "no build with this id");
  }
}
