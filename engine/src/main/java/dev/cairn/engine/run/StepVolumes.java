package dev.cairn.engine.run;

import dev.cairn.build.CacheScope;
import dev.cairn.engine.disk.DiskMeter;
import dev.cairn.engine.disk.Freed;
import dev.cairn.linux.mount.Owners;
import java.io.IOException;
import java.nio.file.Path;

/** The cache mounts of this installation. */
public final class StepVolumes {
  private final CacheVolumes volumes;

  /** Volumes below this directory, shown to steps as owners see them. */
  public StepVolumes(Path root, Owners owners) throws IOException {
    this.volumes = new CacheVolumes(root, owners);
  }

  /** One build's views, mounted below its own directory. */
  public CacheSessions session(Path work, DiskMeter disk) {
    return new CacheSessions(volumes, work, disk);
  }

  /**
   * Removes volumes that were not used for the longest time until the rest takes no more than this.
   *
   * @param plan whether only to say what would go
   */
  public Freed collect(long most, boolean plan) throws IOException {
    return volumes.collect(most, plan);
  }

  /**
   * The same for the volumes of one scope.
   *
   * @return the bytes that are left of them
   */
  public long keep(CacheScope scope, long most) throws IOException {
    return volumes.collect(CacheVolumeName.prefix(scope), most).left();
  }

  /** Removes what dead builds left; everything if {@code keep} is false. */
  public void sweep(boolean keep) throws IOException {
    volumes.sweep(keep);
  }
}
