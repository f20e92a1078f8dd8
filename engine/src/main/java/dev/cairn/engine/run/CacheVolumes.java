package dev.cairn.engine.run;

import dev.cairn.engine.disk.Freed;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.DiskUse;
import dev.cairn.linux.mount.MountFlag;
import dev.cairn.linux.mount.OverlayLayers;
import dev.cairn.linux.mount.OverlayMount;
import dev.cairn.linux.mount.Owners;
import dev.cairn.linux.sys.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code RUN --mount=type=cache} keeps between builds: per volume a version, which is a stack
 * of directories. A build lays a directory of its own over the newest version; when its step has
 * succeeded, the stack with that directory on top is the next version. So no build sees another's
 * half-done work, and a failed step leaves nothing. Of two builds that commit at the same time the
 * later one's version stays.
 */
final class CacheVolumes {
  private static final String CURRENT = "current";
  private static final String GONE = "gone-";
  private static final int HIGHEST_STACK = 16;

  /** A stack that cannot be made flat may grow so high; then the volume begins anew. */
  private static final int HOPELESS_STACK = 64;

  private static final Duration SQUASH = Duration.ofMinutes(10);

  /** What an entry costs beside its bytes, so that empty files count too. */
  private static final long ENTRY = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(CacheVolumes.class);

  private final Path root;
  private final Owners owners;
  private final Map<Path, Integer> uses = new HashMap<>();

  /** What committed directories take; they never change. */
  private final Map<Path, Long> sizes = new HashMap<>();

  /** Mode and owner of a new volume. */
  record Ownership(int mode, int uid, int gid) {}

  /** A build's own view of a volume. */
  record View(Path volume, List<String> base, String upper, Path work, OverlayMount mount) {
    /** The directory to show the step. */
    Path directory() {
      return mount.target();
    }

    /** Where its changes lie. */
    Path written() {
      return volume.resolve(upper);
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
    Path volume = root.resolve(name);
    List<String> base;
    String upper = "d-" + UUID.randomUUID();
    synchronized (this) {
      Files.createDirectories(volume);
      List<String> newest = current(volume);
      base = empty || newest.isEmpty() ? List.of(begin(volume, ownership)) : newest;
      if (!newest.isEmpty()) {
        Files.setLastModifiedTime(volume.resolve(CURRENT), FileTime.from(Instant.now()));
      }
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
    try {
      view.mount().close();
      try (var work = Directory.open(view.work())) {
        work.removeContent();
      }
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
    collect(Long.MAX_VALUE, false);
  }

  private record Kept(Path volume, long bytes, FileTime used) {}

  /** What a collection freed, and what is left of the volumes that it was about, in bytes. */
  record Collected(Freed freed, long left) {}

  /**
   * As {@link #collect(String, long)}, about all volumes.
   *
   * @param plan whether only to say what would go
   */
  Freed collect(long most, boolean plan) throws IOException {
    return collect("", most, plan).freed();
  }

  /** As below, and not only as a plan. */
  Collected collect(String prefix, long most) throws IOException {
    return collect(prefix, most, false);
  }

  /**
   * Removes the volumes that were not used for the longest time until all together take no more
   * than this; those in use stay.
   *
   * @param prefix what the names of the volumes begin with that this is about
   * @param plan whether only to say what would go
   */
  private Collected collect(String prefix, long most, boolean plan) throws IOException {
    var removed = new ArrayList<String>();
    Freed freed = Freed.NOTHING;
    long total;
    synchronized (this) {
      var all = new ArrayList<Kept>();
      try (var volumes = Files.newDirectoryStream(root)) {
        for (Path volume : volumes) {
          boolean used = uses.keySet().stream().anyMatch(path -> path.startsWith(volume));
          if (String.valueOf(volume.getFileName()).startsWith(GONE)) {
            removed.add(String.valueOf(volume.getFileName()));
          } else if (!used && current(volume).isEmpty()) {
            if (!plan) {
              removed.add(moveAway(volume));
            }
          } else if (String.valueOf(volume.getFileName()).startsWith(prefix)) {
            all.add(new Kept(volume, used ? 0 : size(volume), lastUse(volume)));
          }
        }
      }
      total = all.stream().mapToLong(Kept::bytes).sum();
      all.sort(Comparator.comparing(Kept::used));
      for (Kept each : all) {
        if (total > most && each.bytes() > 0) {
          total -= each.bytes();
          freed = freed.plus(new Freed(1, each.bytes()));
          if (!plan) {
            removed.add(moveAway(each.volume()));
          }
        }
      }
    }
    if (plan) {
      return new Collected(freed, total);
    }
    try (var directory = Directory.open(root)) {
      for (String name : removed) {
        directory.remove(name);
      }
    }
    return new Collected(freed, total);
  }

  /** Takes a volume away at once, so that the long work is done while nobody waits. */
  private String moveAway(Path volume) throws IOException {
    String name = GONE + UUID.randomUUID();
    Files.move(volume, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    sizes.keySet().removeIf(path -> path.startsWith(volume));
    return name;
  }

  private long size(Path volume) throws IOException {
    long sum = 0;
    for (String name : current(volume)) {
      Path directory = volume.resolve(name);
      Long known = sizes.get(directory);
      if (known == null) {
        DiskUse use = DiskUse.of(directory);
        known = use.bytes() + use.entries() * ENTRY;
        sizes.put(directory, known);
      }
      sum += known;
    }
    return Math.max(1, sum);
  }

  private static FileTime lastUse(Path volume) {
    try {
      return Files.getLastModifiedTime(volume.resolve(CURRENT));
    } catch (IOException e) {
      // A new one, in use.
      return FileTime.from(Instant.now());
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
      if (squash(view, stack, flat)) {
        publish(view.volume(), List.of(flat));
      } else if (stack.size() <= HOPELESS_STACK) {
        publish(view.volume(), stack);
      } else {
        LOG.warn("the cache volume {} begins anew: it could not be made flat", view.volume());
        Files.deleteIfExists(view.volume().resolve(CURRENT));
      }
    } finally {
      unuse(view.volume(), List.of(flat));
    }
  }

  /**
   * Copies the merged stack into one directory; false if that did not succeed. Links, devices,
   * owners and attributes are copied as they are and nothing is followed ({@code -a}); what is read
   * does not change any more, and what is written only we can reach.
   */
  private static boolean squash(View view, List<String> stack, String flat) throws IOException {
    Path merged = Files.createDirectories(view.work().resolve("flat"));
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
      boolean ended = false;
      try {
        ended = copy.waitFor(SQUASH.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        if (!ended) {
          Programs.kill(copy);
        }
      }
      return ended && copy.exitValue() == 0;
    }
  }

  private synchronized void publish(Path volume, List<String> stack) throws IOException {
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
    if (!Files.isDirectory(volume)) {
      return;
    }
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
        sizes.remove(volume.resolve(name));
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
