package dev.cairn.build;

import dev.cairn.content.FileTree;
import dev.cairn.oci.Digest;

/** Gives the files of a source. Archives and manifests are there; Git is fetched when asked. */
public interface Sources {

  /**
   * Opens the files of a context, with its added files laid over; its subdirectory is not applied.
   *
   * @throws BuildException of kind SOURCE or CREDENTIAL if they cannot be had
   * @throws InterruptedException if the build was cancelled
   */
  OpenSource open(BuildJob job, Context context, BuildSink sink) throws InterruptedException;

  /** The files of a source, held open for a build. */
  interface OpenSource extends AutoCloseable {

    /** The files, from the root of the source. */
    FileTree files();

    /** Identifies the files: equal digests, equal trees. */
    Digest identity();

    /** Lets go of the files. */
    @Override
    void close();
  }
}
