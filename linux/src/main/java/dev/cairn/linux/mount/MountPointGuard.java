package dev.cairn.linux.mount;

import dev.cairn.linux.Errno;
import dev.cairn.linux.FileStat;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Mount points for a step where a layer of the image hides those of the {@link StubLayer} (a
 * deleted or replaced directory). They are made in the merged view before the step, and {@link
 * #close} takes away again what the step did not use, with the times of the directories around it.
 *
 * <p>Close it while the view is still mounted, after the step's end.
 */
public final class MountPointGuard implements AutoCloseable {
  private record Made(String path, boolean directory, String parent, FileStat parentBefore) {}

  private final Directory view;
  private final Owners owners;
  private final List<Made> made = new ArrayList<>();

  private MountPointGuard(Directory view, Owners owners) {
    this.view = view;
    this.owners = owners;
  }

  /**
   * Makes what is missing in the view; usually nothing, and then nothing is written.
   *
   * @param owners whose view it is
   */
  public static MountPointGuard prepare(
      Path view, Collection<StubLayer.Target> targets, Owners owners) throws IOException {
    var guard = new MountPointGuard(Directory.open(view), owners);
    return owners.asRoot(() -> prepared(guard, targets));
  }

  private static MountPointGuard prepared(
      MountPointGuard guard, Collection<StubLayer.Target> targets) throws IOException {
    try {
      for (var target : StubLayer.ALWAYS) {
        guard.ensure(target);
      }
      for (var target : targets) {
        guard.ensure(target);
      }
      return guard;
    } catch (IOException e) {
      guard.withdraw();
      throw e;
    }
  }

  private void ensure(StubLayer.Target target) throws IOException {
    if (view.find(target.path(), Links.IN_ROOT).isPresent()) {
      return;
    }
    var path = target.path().substring(1);
    try {
      for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        make(path.substring(0, slash), true, 0755);
      }
      make(path, target.directory(), target.mode());
    } catch (LinuxException e) {
      // A link on the way, such as /var/run: the runtime makes the target at its end.
      if (e.errno() != Errno.ELOOP && e.errno() != Errno.ENOTDIR) {
        throw e;
      }
    }
  }

  private void make(String path, boolean directory, int mode) throws IOException {
    if (view.exists(path)) {
      return;
    }
    int slash = path.lastIndexOf('/');
    var parent = slash < 0 ? "" : path.substring(0, slash);
    var before = view.stat(parent);
    if (directory) {
      view.makeDirectory(path, 0755);
      view.setMode(path, mode);
    } else {
      view.create(path, mode).close();
    }
    made.add(new Made(path, directory, parent, before));
  }

  /** Removes what was made and is still empty; what a step filled has become its own. */
  @Override
  public void close() throws IOException {
    if (made.isEmpty()) {
      view.close();
    } else {
      owners.runAsRoot(this::withdraw);
    }
  }

  private void withdraw() throws IOException {
    try (view) {
      for (var point : made.reversed()) {
        if (isUntouched(point)) {
          view.remove(point.path());
          var before = point.parentBefore();
          view.setModified(point.parent(), before.modifiedSeconds(), before.modifiedNanos());
        }
      }
      made.clear();
    }
  }

  private boolean isUntouched(Made point) throws IOException {
    if (!view.exists(point.path())) {
      return false;
    }
    var stat = view.stat(point.path());
    return point.directory()
        ? stat.isDirectory() && view.list(point.path(), Links.REFUSE).isEmpty()
        : stat.isRegular() && stat.size() == 0;
  }
}
