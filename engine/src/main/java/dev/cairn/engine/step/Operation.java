package dev.cairn.engine.step;

import dev.cairn.engine.base.BaseImage;
import dev.cairn.engine.copy.CopyOperation;
import dev.cairn.engine.copy.CopySource;
import dev.cairn.engine.copy.InlineTree;
import java.util.List;
import java.util.Map;

/** What a node does to the files. */
public sealed interface Operation {

  /** The nodes besides the parent whose files are read. */
  default List<Node> sources() {
    return List.of();
  }

  /** {@code FROM scratch}: no files. */
  record Scratch() implements Operation {}

  /** An image's files. */
  record Base(BaseImage image) implements Operation {}

  /** A command. */
  record Run(RunOperation run) implements Operation {
    @Override
    public List<Node> sources() {
      return run.mounts().stream().flatMap(mount -> mount.node().stream()).toList();
    }
  }

  /**
   * COPY or ADD.
   *
   * @param copy what to do
   * @param from whose files are read
   * @param downloads the fetched files of its URLs
   */
  record Copy(CopyOperation copy, StepMount.Origin from, Map<CopySource.Url, InlineTree> downloads)
      implements Operation {
    public Copy {
      downloads = Map.copyOf(downloads);
    }

    @Override
    public List<Node> sources() {
      return from.node().stream().toList();
    }
  }

  /**
   * A WORKDIR: the directory is made if it is missing.
   *
   * @param path absolute
   * @param user whom it belongs to, as written in USER
   */
  record MakeDirectory(String path, String user) implements Operation {}
}
