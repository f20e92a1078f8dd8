package dev.cairn.engine.copy;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.Xattrs;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a COPY or ADD reads, found in the source. Made before the destination is known, because its
 * digest is part of the step's key; reads indexes only, never content.
 */
public final class Selection {
  /** The one extended attribute that is part of an image. */
  private static final String CAPABILITY = "security.capability";

  private final List<Match> matches;
  private final Digest digest;

  private Selection(List<Match> matches) {
    this.matches = matches;
    this.digest = digestOf(matches);
  }

  /**
   * Finds everything.
   *
   * @param source the context or the stage that {@code Files} sources are of
   * @param downloads the fetched file of each {@code Url} source
   * @throws BuildException of kind INPUT at the operation's place, if a path is not there
   */
  public static Selection of(
      CopyOperation operation, FileTree source, Map<CopySource.Url, InlineTree> downloads) {
    try {
      return new Selection(new Selector(operation, source, downloads).select());
    } catch (CopyProblem e) {
      throw e.at(operation.place());
    } catch (IOException e) {
      throw BuildException.of(FailureKind.INPUT, "copy-source")
          .at(operation.place())
          .cause(e)
          .sentence("The source of the copy cannot be read: " + e.getMessage() + ".");
    }
  }

  /**
   * What was selected: names, paths below them, types, modes, owners, sizes, links, capabilities
   * and content; no times. Equal digests give equal layers on equal destinations, times aside.
   */
  public Digest digest() {
    return digest;
  }

  /** How many files, directories and links are copied. */
  public int size() {
    return matches.stream().mapToInt(match -> match.items().size()).sum();
  }

  List<Match> matches() {
    return matches;
  }

  /** The node as a layer keeps it. */
  static Node kept(Node node) {
    Xattrs kept = node.attributes().xattrs().keep(CAPABILITY::equals);
    return node.with(node.attributes().withXattrs(kept));
  }

  private static Digest digestOf(List<Match> matches) {
    var hasher = new KeyHasher().text("copy-selection-1").number(matches.size());
    for (Match match : matches) {
      // The name of a directory is of no effect: its contents are copied.
      hasher.text(match.top().isDirectory() && match.contentsOnly() ? "" : match.name());
      hasher.number(match.unpack() ? 1 : 0).number(match.items().size());
      var links = new HashMap<Integer, Integer>();
      for (Match.Item item : match.items()) {
        hasher.text(item.relative()).number(item.implied() ? 1 : 0).node(item.node());
        int group = item.node().body() instanceof Node.Body.File file ? file.linkGroup() : 0;
        hasher.number(group == 0 ? 0 : links.computeIfAbsent(group, g -> links.size() + 1));
      }
    }
    return hasher.finish();
  }
}
