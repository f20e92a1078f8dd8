package dev.cairn.source;

import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.FailureKind;
import dev.cairn.build.RelativePath;
import dev.cairn.build.SealedBytes;
import dev.cairn.build.Secrets;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.Node;
import dev.cairn.content.NodeTable;
import dev.cairn.content.TreeBuilder;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Lays the files of a request over a source: mode 0644, owned by root, of 1970. */
final class AddedFiles {

  private AddedFiles() {}

  static OpenFiles over(
      OpenFiles source, BuildJob job, Map<RelativePath, SealedBytes> added, Secrets secrets)
      throws IOException {
    var tree = new TreeBuilder(ArchiveLimits.DEFAULT);
    for (Node node : source.files().walk("")) {
      tree.add(node);
    }
    var contents = new HashMap<String, byte[]>();
    var identity = Digest.newHasher();
    identity.update(source.identity().bytes());
    for (var entry : added.entrySet()) {
      String path = entry.getKey().value();
      Node old = tree.paths().get(path);
      if (path.isEmpty() || (old != null && old.isDirectory())) {
        throw BuildException.of(FailureKind.INPUT, "added-file")
            .remedy("Give the file another path.")
            .sentence("The file '" + path + "' cannot be added: there is a directory.");
      }
      byte[] bytes = secrets.open(job, entry.getValue());
      contents.put(path, bytes);
      Digest digest = Digest.sha256(bytes);
      add(tree, path, bytes.length, digest);
      identity.update((path + '\0').getBytes(StandardCharsets.UTF_8)).update(digest.bytes());
    }
    return new OpenFiles(
        new OverlaidTree(
            NodeTable.of(tree.paths().all()),
            contents,
            new FileTreeOwner(Optional.of(source.files()))),
        identity.finish());
  }

  private static void add(TreeBuilder tree, String path, long size, Digest digest)
      throws ContentException {
    var body = new Node.Body.File(size, digest, new Node.Place(0, 0), 0);
    tree.add(new Node(path, Attributes.of(0644), body));
  }
}
