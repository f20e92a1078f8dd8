package dev.cairn.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs an image with other people's tools: unpacked by umoci, started by runc. */
final class RunningImage {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private RunningImage() {}

  /** Runs the only image of an OCI archive and returns what it printed. */
  static String run(Path work, Path archive) throws IOException, InterruptedException {
    Path layout = work.resolve("layout-" + archive.getFileName());
    Commands.succeed(
        work, "skopeo", "copy", "--quiet", "oci-archive:" + archive, "oci:" + layout + ":run");
    return runLayout(work, layout, "run");
  }

  /** Runs a tag of an OCI layout and returns what it printed. */
  static String runLayout(Path work, Path layout, String tag)
      throws IOException, InterruptedException {
    return runLayout(work, layout, tag, List.of());
  }

  /** The same with another command than the image's own. */
  static String runLayout(Path work, Path layout, String tag, List<String> command)
      throws IOException, InterruptedException {
    Path bundle = work.resolve("bundle-" + layout.getFileName() + "-" + tag);
    Commands.succeed(work, "umoci", "unpack", "--image", layout + ":" + tag, bundle.toString());
    Path configFile = bundle.resolve("config.json");
    var config = (ObjectNode) JSON.readTree(Files.readAllBytes(configFile));
    ((ObjectNode) config.get("process")).put("terminal", false);
    if (!command.isEmpty()) {
      ((ObjectNode) config.get("process")).set("args", JSON.valueToTree(command));
    }
    // The network of this machine, so that nothing has to be set up.
    var kept = JSON.createArrayNode();
    for (JsonNode each : (ArrayNode) config.at("/linux/namespaces")) {
      if (!each.get("type").asString().equals("network")) {
        kept.add(each);
      }
    }
    ((ObjectNode) config.get("linux")).set("namespaces", kept);
    Files.write(configFile, JSON.writeValueAsBytes(config));
    String id = "cairn-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    Commands.Outcome outcome =
        Commands.run(bundle, Map.of(), List.of("runc", "run", "--bundle", bundle.toString(), id));
    if (outcome.code() != 0) {
      throw new AssertionError("runc run ended with " + outcome.code() + ":\n" + outcome.output());
    }
    return outcome.output();
  }
}
