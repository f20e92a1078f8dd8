package dev.cairn.app.command;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Writes the body of {@code POST /builds} (see openapi.yaml) from the command line's options. */
final class BuildRequestBody {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private final RecipeFlags recipe;
  private final CacheFlags cache;
  private final OutputFlags output;

  BuildRequestBody(RecipeFlags recipe, CacheFlags cache, OutputFlags output) {
    this.recipe = recipe;
    this.cache = cache;
    this.output = output;
  }

  /**
   * The body.
   *
   * @param sources the contexts by name, "" the main one, as the server named them
   */
  String json(BuildContext.Recipe dockerfile, Map<String, JsonNode> sources, Surroundings around) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("trigger", "cli");
    Map<String, Object> contexts = new LinkedHashMap<>();
    sources.forEach((name, source) -> contexts.put(name, Map.of("source", source)));
    body.put("contexts", contexts);
    body.put("recipe", Map.of("dockerfile", dockerfile(dockerfile, around.environment())));
    putIfAny(body, "cache", cache.cache());
    putIfAny(body, "inputs", inputs(around));
    putIfAny(body, "outputs", outputs());
    putIfAny(body, "limits", cache.limits(recipe.network()));
    return JSON.writeValueAsString(body);
  }

  private Map<String, Object> dockerfile(
      BuildContext.Recipe dockerfile, Map<String, String> environment) {
    Map<String, Object> wire = new LinkedHashMap<>();
    switch (dockerfile) {
      case BuildContext.Recipe.InContext(var path) -> wire.put("path", path);
      case BuildContext.Recipe.Text(_, var text, var ignore) -> {
        wire.put("text", text);
        ignore.ifPresent(rules -> wire.put("ignore", rules));
      }
    }
    recipe.target.ifPresent(stage -> wire.put("target", stage));
    putIfAny(wire, "arguments", recipe.arguments(environment));
    if (!recipe.platforms().isEmpty()) {
      wire.put("platforms", recipe.platforms());
    }
    putIfAny(wire, "addedHosts", recipe.hosts());
    putIfAny(wire, "ulimits", recipe.ulimits());
    recipe.shmBytes().ifPresent(bytes -> wire.put("shmBytes", bytes));
    if (!recipe.allowed().isEmpty()) {
      wire.put("allow", recipe.allowed());
    }
    return wire;
  }

  private Map<String, Object> inputs(Surroundings around) {
    Map<String, Object> secrets = new LinkedHashMap<>();
    for (SecretOption secret : recipe.secrets()) {
      byte[] value = secret.in(around.directory()).read(around.environment());
      secrets.put(secret.id(), Map.of("value", Base64.getEncoder().encodeToString(value)));
      Arrays.fill(value, (byte) 0);
    }
    recipe.storedSecrets().forEach((id, stored) -> secrets.put(id, Map.of("stored", stored)));
    return secrets.isEmpty() ? Map.of() : Map.of("secrets", secrets);
  }

  private Map<String, Object> outputs() {
    Map<String, Object> wire = new LinkedHashMap<>();
    if (!output.names.isEmpty()) {
      wire.put("names", output.names);
    }
    var destinations =
        output.destinations().stream().map(reference -> Map.of("reference", reference)).toList();
    if (!destinations.isEmpty()) {
      wire.put("destinations", destinations);
    }
    putIfAny(wire, "labels", output.labels());
    putIfAny(wire, "annotations", output.annotations());
    return wire;
  }

  private static void putIfAny(Map<String, Object> to, String name, Map<String, ?> values) {
    if (!values.isEmpty()) {
      to.put(name, values);
    }
  }
}
