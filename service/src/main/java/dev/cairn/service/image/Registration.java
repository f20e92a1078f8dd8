package dev.cairn.service.image;

import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.service.store.Store;

/** Brings a finished image into our own registry. */
@FunctionalInterface
public interface Registration {

  /**
   * Reads what is needed and gives the change for the final transaction: rights, manifests, names.
   *
   * @throws dev.cairn.build.BuildException if the result is not what it says
   */
  Store.Change prepare(BuildJob job, BuildResult result);
}
