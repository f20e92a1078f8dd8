package dev.cairn.engine.tree;

import dev.cairn.content.FileTree;
import dev.cairn.content.Node;
import dev.cairn.content.layer.MergedView;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A merged view whose bytes come from the disk where a layer is unpacked, else from its blob. */
final class UnpackedView implements FileTree {
  private final MergedView view;
  private final List<Optional<Path>> roots;

  /** {@code roots} has one place per layer of the view. */
  UnpackedView(MergedView view, List<Optional<Path>> roots) {
    this.view = view;
    this.roots = List.copyOf(roots);
  }

  @Override
  public Optional<Node> lookup(String path) {
    return view.lookup(path);
  }

  @Override
  public List<Node> children(String path) {
    return view.children(path);
  }

  @Override
  public Iterable<Node> walk(String path) {
    return view.walk(path);
  }

  @Override
  public InputStream open(Node node) throws IOException {
    if (node.body() instanceof Node.Body.File file) {
      Optional<Path> root = roots.get(file.place().source());
      if (root.isPresent()) {
        try (var directory = Directory.open(root.get())) {
          var stat = directory.find(node.path(), Links.REFUSE);
          // A name that a higher layer linked to this one's file is not in this tree.
          if (stat.isPresent() && stat.get().size() == file.size()) {
            return directory.open(node.path(), Links.REFUSE);
          }
        } catch (LinuxException e) {
          return view.open(node);
        }
      }
    }
    return view.open(node);
  }

  @Override
  public void close() {}
}
