package dev.cairn.engine.run;

import java.io.IOException;
import java.nio.file.Path;

/** The cache mounts of this installation. */
public final class StepVolumes {
  private final CacheVolumes volumes;

  /** Volumes below this directory. */
  public StepVolumes(Path root) throws IOException {
    this.volumes = new CacheVolumes(root);
  }

  /** One build's views, mounted below its own directory. */
  public CacheSessions session(Path work) {
    return new CacheSessions(volumes, work);
  }

  /** Removes what dead builds left; everything if {@code keep} is false. */
  public void sweep(boolean keep) throws IOException {
    volumes.sweep(keep);
  }
}
