package dev.cairn.engine.run;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the machine's own paths out of what is said of a command: a container runtime names them in
 * its messages, and they are of no use to whoever reads a build's log, unless for an attack.
 */
final class HostPaths {
  /** What stands for a path of ours. */
  static final String OURS = "[builder]";

  private final String root;
  private final List<Ours> ours;

  private record Ours(String path, Pattern whole) {}

  /**
   * Those of a command.
   *
   * @param root where its tree is mounted: what lies there is told as the command sees it
   * @param ours directories of the builder: nothing of what lies there is told
   */
  HostPaths(Path root, List<Path> ours) {
    this.root = root.toString();
    this.ours =
        ours.stream()
            .map(Path::toString)
            .map(
                path -> new Ours(path, Pattern.compile(Pattern.quote(path) + "[^\\s\"'`:,;)\\]]*")))
            .toList();
  }

  /** The text without them. */
  String hidden(String text) {
    String shown = text.contains(root) ? text.replace(root + "/", "/").replace(root, "/") : text;
    for (Ours each : ours) {
      if (shown.contains(each.path())) {
        shown = each.whole().matcher(shown).replaceAll(Matcher.quoteReplacement(OURS));
      }
    }
    return shown;
  }
}
