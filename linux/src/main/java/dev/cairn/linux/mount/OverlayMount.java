package dev.cairn.linux.mount;

import dev.cairn.linux.Errno;
import dev.cairn.linux.LinuxException;
import dev.cairn.linux.namespace.Standing;
import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.MountCalls;
import dev.cairn.linux.sys.OpenFlag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The merged view of layers.
 *
 * <p>{@code redirect_dir}, {@code metacopy} and {@code index} are off, so that the upper directory
 * alone is a complete layer; {@code volatile} leaves out syncs, so an upper can be used once as
 * upper, and afterwards only as a lower layer. Without root of the machine overlay keeps its marks
 * in {@code user.overlay.*} ({@code userxattr}), and heeds no others.
 */
public final class OverlayMount extends Mounted {
  private static final int LONGEST_OPTION = 255;

  private OverlayMount(Path target) {
    super(target);
  }

  /** Mounts over the existing directory {@code target}, for nobody but this service. */
  public static OverlayMount mount(OverlayLayers layers, Path target, Set<MountFlag> flags)
      throws IOException {
    return mount(layers, target, flags, new Owners.Host());
  }

  /**
   * Mounts over the existing directory {@code target}.
   *
   * @param owners whose the files are in the view; the upper directory is the same with all of them
   */
  public static OverlayMount mount(
      OverlayLayers plain, Path target, Set<MountFlag> flags, Owners owners) throws IOException {
    var layers = plain.shownBy(owners);
    // Overlay keeps the identity of its mounter, for what it makes in the upper directory.
    owners.runAsRoot(() -> {
      try {
        configured(layers, target, flags);
      } catch (LinuxException e) {
        // Before Linux 6.7 there is no lowerdir+.
        if (e.errno() == Errno.ENOSYS || e.path().startsWith("lowerdir+")) {
          packed(layers, target, flags);
        } else {
          throw e;
        }
      }
    });
    return new OverlayMount(target);
  }

  private static void configured(OverlayLayers layers, Path target, Set<MountFlag> flags)
      throws IOException {
    var held = new ArrayList<Fd>();
    try (var fileSystem = MountCalls.openFileSystem("overlay")) {
      // The first lowerdir+ is the topmost layer.
      for (var layer : layers.lower().reversed()) {
        MountCalls.configure(fileSystem, "lowerdir+", shortName(layer, held));
      }
      if (layers.writable().isPresent()) {
        var writable = layers.writable().get();
        MountCalls.configure(fileSystem, "upperdir", shortName(writable.upper(), held));
        MountCalls.configure(fileSystem, "workdir", shortName(writable.work(), held));
        MountCalls.configure(fileSystem, "volatile");
      }
      MountCalls.configure(fileSystem, "redirect_dir", noRedirects());
      for (var option : Set.of("metacopy", "index")) {
        MountCalls.configure(fileSystem, option, "off");
      }
      if (!Standing.own().isRoot()) {
        MountCalls.configure(fileSystem, "userxattr");
      }
      MountCalls.configure(fileSystem, "source", "cairn");
      try (var mount = MountCalls.create(fileSystem, MountFlag.bits(flags))) {
        MountCalls.attach(mount, target.toString());
      }
    } finally {
      held.forEach(Fd::close);
    }
  }

  /** "off" still follows those of others, which {@code userxattr} does not go with. */
  private static String noRedirects() {
    return Standing.own().isRoot() ? "off" : "nofollow";
  }

  /** One option ends at 255 bytes; a longer path is named by its descriptor. */
  private static String shortName(Path path, List<Fd> held) throws IOException {
    var text = path.toString();
    return text.length() <= LONGEST_OPTION && text.indexOf('\\') < 0 ? text : byFd(text, held);
  }

  private static String byFd(String text, List<Fd> held) throws IOException {
    var fd = FileCalls.open(text, 0, OpenFlag.PATH, OpenFlag.DIRECTORY);
    held.add(fd);
    return fd.path();
  }

  /** All options in the one page of mount(2): descriptors are the shortest names there are. */
  private static void packed(OverlayLayers layers, Path target, Set<MountFlag> flags)
      throws IOException {
    var held = new ArrayList<Fd>();
    try {
      var names = new ArrayList<String>();
      for (var layer : layers.lower().reversed()) {
        names.add(byFd(layer.toString(), held));
      }
      var options =
          new StringBuilder("metacopy=off,index=off,redirect_dir=")
              .append(noRedirects())
              .append(",lowerdir=");
      options.append(String.join(":", names));
      if (!Standing.own().isRoot()) {
        options.append(",userxattr");
      }
      if (layers.writable().isPresent()) {
        var writable = layers.writable().get();
        options.append(",volatile,upperdir=").append(byFd(writable.upper().toString(), held));
        options.append(",workdir=").append(byFd(writable.work().toString(), held));
      }
      if (options.length() > 4095) {
        throw new LinuxException(
            "mount",
            target.toString(),
            Errno.E2BIG,
            layers.lower().size() + " layers need Linux 6.7; this kernel takes about 200");
      }
      MountCalls.mount("overlay", target.toString(), MountFlag.bits(flags), options.toString());
    } finally {
      held.forEach(Fd::close);
    }
  }
}
