package dev.cairn.build;

import java.io.IOException;

/**
 * Turns a request into an image in the blob store.
 *
 * <p>Life of a call: it runs on the caller's thread until the image is complete; it reports through
 * the sink while it goes; interrupting the thread cancels it, and when the call returns, by
 * whatever way, nothing of it is left running. A builder shares no objects with the service, so
 * that it can become a process of its own.
 */
public interface Builder {

  /** Name and version, as in {@code cairn-native 0.1.0}. */
  String name();

  /**
   * Builds.
   *
   * @throws BuildException if the build fails, with the reason for its owner
   * @throws InterruptedException if the build was cancelled or timed out
   */
  BuildResult build(BuildJob job, BuildSink sink) throws InterruptedException;

  /**
   * Removes what cache mounts of this scope hold, least recently used first, until it is no more
   * than this; 0 forgets all of it. What a build uses right now stays. A builder that keeps no
   * cache mounts has nothing to do.
   *
   * @param most bytes to keep
   * @return the bytes that are left
   */
  default long keepCacheMounts(CacheScope scope, long most) throws IOException {
    return 0;
  }
}
