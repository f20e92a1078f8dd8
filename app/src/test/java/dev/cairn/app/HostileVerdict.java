package dev.cairn.app;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What one build of a case shows: everything that is not as it must be. */
final class HostileVerdict {
  private HostileVerdict() {}

  /** Of a request that was refused before it became a build. */
  static List<String> refused(HostileCase test, String answer, String needle) {
    List<String> found = new ArrayList<>();
    if (answer.contains(needle)) {
      found.add("the answer contains a canary: " + answer);
    }
    if (!(test.end() instanceof HostileCase.End.Refused refused)
        || !answer.contains(refused.text())) {
      found.add("it should have ended as " + test.end() + ", and was not taken: " + answer);
    }
    return found;
  }

  /**
   * Of a finished build and its events, one JSON object per line.
   *
   * @param ours directories of the server's that no log may name
   */
  static List<String> of(
      HostileCase test, JsonNode build, String events, String needle, List<String> ours) {
    List<String> found = new ArrayList<>();
    List<String> lines =
        events
            .lines()
            .filter(line -> !line.isBlank())
            .map(JsonMapper.shared()::readTree)
            .filter(event -> event.path("type").asString("").equals("log"))
            .map(event -> event.path("line").asString(""))
            .toList();
    String output = String.join("\n", lines);
    lines.stream().filter(line -> line.startsWith("ESCAPED")).forEach(found::add);
    if (events.contains(needle) || build.toString().contains(needle)) {
      found.add("a canary was read: " + output);
    }
    for (String text : test.never()) {
      if (output.contains(text)) {
        found.add("the output contains " + text);
      }
    }
    String failure = build.path("failure").path("sentence").asString("");
    for (String place : ours) {
      Stream.concat(lines.stream(), Stream.of(failure))
          .filter(line -> line.contains(place))
          .forEach(line -> found.add("a path of the builder is told: " + line));
    }
    boolean ready = build.path("state").asString("").equals("ready");
    boolean asExpected =
        switch (test.end()) {
          case HostileCase.End.Any any -> true;
          case HostileCase.End.Ready wanted -> ready;
          case HostileCase.End.Either wanted -> !ready || output.contains(wanted.text());
          case HostileCase.End.Failed wanted -> !ready && failure.contains(wanted.text());
          case HostileCase.End.Refused wanted ->
              !ready
                  && failure.contains(wanted.text())
                  && !build.at("/failure/phase").asString("").equals("steps");
        };
    if (!asExpected) {
      found.add(
          "it should have ended as " + test.end() + ", and ended so: " + build + "\n" + output);
    }
    if (build.at("/failure/kind").asString("").equals("internal")) {
      found.add("the builder took it for a fault of its own: " + failure);
    }
    for (String text : test.says()) {
      if (!output.contains(text)) {
        found.add("nothing says \"" + text + "\": " + failure + "\n" + output);
      }
    }
    return found;
  }
}
