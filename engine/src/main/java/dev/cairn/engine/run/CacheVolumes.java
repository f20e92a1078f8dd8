package dev.cairn.engine.run;

import dev.cairn.linux.file.Directory;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.mount.OverlayLayers;
import dev.cairn.linux.mount.OverlayMount;
import dev.cairn.linux.mount.Owners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What {@code RUN --mount=type=cache} keeps between builds: per volume a version, which is a stack
 * of directories. A build lays a directory of its own over the newest version; when its step has
 * succeeded, the stack with that directory on top is the next version. So no build sees another's
 * half-done work, and a failed step leaves nothing. Of two builds that commit at the same time the
 * later one's version stays.
 */
final class CacheVolumes {
  private static final String CURRENT = "current";
  private static final int HIGHEST_STACK = 16;

  private final Path root;
  private final Owners owners;
  private final Map<Path, Integer> uses = new HashMap<>();

  /** Mode and owner of a new volume. */
  record Ownership(int mode, int uid, int gid) {}

  /** A build's own view of a volume. */
  record View(Path volume, List<String> base, String upper, Path work, OverlayMount mount) {
    /** The directory to show the step. */
    Path directory() {
      return mount.target();
    }
  }

  CacheVolumes(Path root, Owners owners) throws IOException {
    this.owners = owners;
    this.root = Files.createDirectories(root);
  }

  /**
   * Opens a view.
   *
   * @param name the volume: a digest over scope and identity, never a text of the request
   * @param empty whether to begin with nothing in any case
   * @param work where to mount; removed when the view is closed
   */
  View open(String name, Ownership ownership, boolean empty, Path work) throws IOException {
    Path volume = Files.createDirectories(root.resolve(name));
    List<String> base;
    String upper = "d-" + UUID.randomUUID();
    synchronized (this) {
      List<String> newest = current(volume);
      base = empty || newest.isEmpty() ? List.of(begin(volume, ownership)) : newest;
      use(volume, base);
      use(volume, List.of(upper));
    }
    try {
      Files.createDirectory(volume.resolve(upper));
      likeTop(volume, base.getLast(), upper);
      Path merged = Files.createDirectories(work.resolve("merged"));
      Path scratch = Files.createDirectories(work.resolve("work"));
      var lower = base.stream().map(volume::resolve).toList();
      var mount =
          OverlayMount.mount(
              OverlayLayers.writable(lower, volume.resolve(upper), scratch),
              merged,
              Set.of(MountFlag.NO_SETUID, MountFlag.NO_DEVICES),
              owners);
      return new View(volume, base, upper, work, mount);
    } catch (IOException e) {
      release(volume, base, upper);
      throw e;
    }
  }

  /** Ends a view; {@code commit} makes its content the volume's newest version. */
  void close(View view, boolean commit) throws IOException {
    view.mount().close();
    try (var work = Directory.open(view.work())) {
      work.removeContent();
    }
    try {
      if (commit) {
        var next = new ArrayList<>(view.base());
        next.add(view.upper());
        commit(view, next);
      }
    } finally {
      release(view.volume(), view.base(), view.upper());
      prune(view.volume());
    }
  }

  /** Removes what dead builds left; everything if {@code keep} is false. */
  void sweep(boolean keep) throws IOException {
    try (var volumes = Files.newDirectoryStream(root)) {
      for (Path volume : volumes) {
        if (!keep) {
          Files.deleteIfExists(volume.resolve(CURRENT));
        }
        prune(volume);
      }
    }
  }

  private static String begin(Path volume, Ownership ownership) throws IOException {
    String name = "d-" + UUID.randomUUID();
    Files.createDirectory(volume.resolve(name));
    try (var directory = Directory.open(volume.resolve(name))) {
      directory.setOwner("", ownership.uid(), ownership.gid());
      directory.setMode("", ownership.mode());
    }
    return name;
  }

  /** The root of a merged view has the attributes of its topmost directory. */
  private static void likeTop(Path volume, String top, String upper) throws IOException {
    try (var from = Directory.open(volume.resolve(top));
        var to = Directory.open(volume.resolve(upper))) {
      var stat = from.stat("");
      to.setOwner("", stat.uid(), stat.gid());
      to.setMode("", stat.mode());
    }
  }

  private void commit(View view, List<String> stack) throws IOException {
    if (stack.size() <= HIGHEST_STACK) {
      publish(view.volume(), stack);
      return;
    }
    String flat = "d-" + UUID.randomUUID();
    synchronized (this) {
      use(view.volume(), List.of(flat));
    }
    try {
      publish(view.volume(), squashed(view, stack, flat));
    } finally {
      unuse(view.volume(), List.of(flat));
    }
  }

  /** One directory instead of a tall stack; the stack itself if that cannot be made. */
  private static List<String> squashed(View view, List<String> stack, String flat)
      throws IOException {
    Path merged = view.work().resolve("flat");
    Files.createDirectories(merged);
    var lower = stack.stream().map(view.volume()::resolve).toList();
    try (var mount = OverlayMount.mount(OverlayLayers.readOnly(lower), merged, Set.of())) {
      var copy =
          new ProcessBuilder(
                  "cp",
                  "-a",
                  "--reflink=auto",
                  "--",
                  mount.target().toString(),
                  view.volume().resolve(flat).toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (copy.waitFor() != 0) {
        return stack;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return stack;
    }
    return List.of(flat);
  }

  private static void publish(Path volume, List<String> stack) throws IOException {
    Path fresh = volume.resolve("tmp-" + UUID.randomUUID());
    Files.write(fresh, stack);
    Files.move(fresh, volume.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<String> current(Path volume) throws IOException {
    try {
      List<String> stack = Files.readAllLines(volume.resolve(CURRENT));
      boolean whole =
          stack.stream().allMatch(n -> n.startsWith("d-") && Files.isDirectory(volume.resolve(n)));
      return whole ? stack : List.of();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private synchronized void prune(Path volume) throws IOException {
    var kept = new HashSet<>(current(volume));
    kept.add(CURRENT);
    var gone = new ArrayList<String>();
    try (var all = Files.newDirectoryStream(volume)) {
      for (Path path : all) {
        String name = String.valueOf(path.getFileName());
        if (!kept.contains(name) && !uses.containsKey(path)) {
          gone.add(name);
        }
      }
    }
    try (var directory = Directory.open(volume)) {
      for (String name : gone) {
        directory.remove(name);
      }
    }
  }

  private void release(Path volume, List<String> base, String upper) {
    unuse(volume, base);
    unuse(volume, List.of(upper));
  }

  private void use(Path volume, List<String> names) {
    names.forEach(name -> uses.merge(volume.resolve(name), 1, Integer::sum));
  }

  private synchronized void unuse(Path volume, List<String> names) {
    names.forEach(name ->
        uses.computeIfPresent(
            volume.resolve(name),
            (path, count) -> Optional.of(count - 1).filter(left -> left > 0).orElse(null)));
  }
}
