package dev.cairn.engine.tree;

import dev.cairn.engine.cache.SharedWork;
import dev.cairn.engine.disk.Freed;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.DiskUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
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

/**
 * The directories that overlay mounts use: unpacked layers and the upper directories of finished
 * steps.
 *
 * <p>{@code d/<name>} are the directories, whose names mean nothing and never change, so that a
 * directory can be mounted before anybody knows its digest; {@code by/<key>} are links that say
 * which directory is the tree of which layer. A directory without a link belongs to a build or is
 * rubbish of a dead one.
 */
public final class TreeStore {
  private static final Set<java.nio.file.attribute.PosixFilePermission> OURS =
      PosixFilePermissions.fromString("rwx--x--x");

  private final Path directories;
  private final Path links;
  private final int most;
  private final Map<String, Integer> pins = new HashMap<>();
  private final SharedWork<String, Path> making = new SharedWork<>();

  /** Fills a new, empty directory. */
  @FunctionalInterface
  public interface Maker {
    /** Unpacks into the directory. */
    void fill(Path directory) throws IOException, InterruptedException;
  }

  /**
   * A store below {@code root}.
   *
   * @param most how many trees are kept when nobody uses them
   */
  public TreeStore(Path root, int most) throws IOException {
    this.directories = Files.createDirectories(root.resolve("d"));
    this.links = Files.createDirectories(root.resolve("by"));
    this.most = most;
    for (Path path : List.of(root, directories, links)) {
      Files.setPosixFilePermissions(path, OURS);
    }
  }

  /** What a build uses from now on. */
  public TreePins pins() {
    return new TreePins(this);
  }

  /** The tree under this key; kept while the pins are held. */
  public Optional<Path> find(String key, TreePins holder) throws IOException {
    Path link = links.resolve(key);
    synchronized (this) {
      Optional<String> name = target(link);
      if (name.isEmpty()) {
        return Optional.empty();
      }
      Path tree = directories.resolve(name.get());
      if (!Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
        Files.deleteIfExists(link);
        return Optional.empty();
      }
      pin(name.get(), holder);
      Files.setLastModifiedTime(tree, FileTime.from(Instant.now()));
      return Optional.of(fileTree(tree));
    }
  }

  /**
   * The tree under this key, made if it is missing; made once, however many ask.
   *
   * @throws InterruptedException if the caller was cancelled
   */
  public Path make(String key, TreePins holder, Maker maker)
      throws IOException, InterruptedException {
    while (true) {
      Optional<Path> found = find(key, holder);
      if (found.isPresent()) {
        return found.get();
      }
      try {
        making.get(key, () -> made(key, maker));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  private Path made(String key, Maker maker) throws IOException, InterruptedException {
    try (var mine = pins()) {
      Path tree = create(mine);
      maker.fill(tree);
      adopt(key, tree);
      return tree;
    }
  }

  /** A new, empty directory for the upper of a step or for unpacking. */
  public Path create(TreePins holder) throws IOException {
    String name = UUID.randomUUID().toString();
    pin(name, holder);
    Path directory = Files.createDirectory(directories.resolve(name));
    Files.setPosixFilePermissions(directory, OURS);
    return Files.createDirectory(fileTree(directory));
  }

  /** From now on the directory, made by {@link #create}, is the tree of this key. */
  public synchronized void adopt(String key, Path tree) throws IOException {
    Path directory = tree.getParent();
    if (directory == null) {
      throw new IllegalArgumentException("not a tree of this store: " + tree);
    }
    Path fresh = links.resolve(".tmp-" + UUID.randomUUID());
    Files.createSymbolicLink(fresh, directory.getFileName());
    try {
      Files.move(fresh, links.resolve(key), StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      Files.deleteIfExists(fresh);
    }
  }

  /** Removes the least recently used trees past the limit, and what belongs to nobody. */
  public void collect() throws IOException {
    for (Path directory : unused(most, true)) {
      remove(directory);
    }
  }

  /**
   * Removes unused trees until this share of the usual number is left, those used longest ago
   * first.
   *
   * @param share from 0 to 1
   * @param plan whether only to say what would go
   */
  public Freed trim(double share, boolean plan) throws IOException {
    Freed freed = Freed.NOTHING;
    for (Path directory : unused((int) (most * share), !plan)) {
      freed = freed.plus(new Freed(1, DiskUse.of(directory).bytes()));
      if (!plan) {
        remove(directory);
      }
    }
    return freed;
  }

  /**
   * Removes what dead builds left; after an unclean boot, whose writes may be lost, everything.
   *
   * @param keep whether finished trees can be trusted
   */
  public void sweep(boolean keep) throws IOException {
    if (!keep) {
      try (var all = Files.newDirectoryStream(links)) {
        for (Path link : all) {
          Files.deleteIfExists(link);
        }
      }
    }
    collect();
  }

  /**
   * @param kept how many linked ones stay
   * @param unlink whether nobody finds the others from now on
   */
  private synchronized List<Path> unused(int kept, boolean unlink) throws IOException {
    var linked = new HashMap<String, List<Path>>();
    try (var all = Files.newDirectoryStream(links)) {
      for (Path link : all) {
        target(link).ifPresent(n -> linked.computeIfAbsent(n, k -> new ArrayList<>()).add(link));
      }
    }
    var free = new ArrayList<Path>();
    var dead = new ArrayList<Path>();
    try (var all = Files.newDirectoryStream(directories)) {
      for (Path directory : all) {
        String name = String.valueOf(directory.getFileName());
        if (!pins.containsKey(name)) {
          (linked.containsKey(name) ? free : dead).add(directory);
        }
      }
    }
    free.sort(Comparator.comparing(TreeStore::used));
    for (Path directory : free.subList(0, Math.max(0, free.size() - kept))) {
      for (Path link : linked.getOrDefault(String.valueOf(directory.getFileName()), List.of())) {
        if (unlink) {
          Files.deleteIfExists(link);
        }
      }
      dead.add(directory);
    }
    return dead;
  }

  private static FileTime used(Path directory) {
    try {
      return Files.getLastModifiedTime(directory);
    } catch (IOException e) {
      return FileTime.from(Instant.EPOCH);
    }
  }

  private void remove(Path directory) throws IOException {
    try (var all = Directory.open(directories)) {
      all.remove(String.valueOf(directory.getFileName()));
    }
  }

  private synchronized void pin(String name, TreePins holder) {
    if (holder.add(name)) {
      pins.merge(name, 1, Integer::sum);
    }
  }

  synchronized void unpin(Set<String> names) {
    for (String name : new HashSet<>(names)) {
      pins.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
    }
  }

  private static Path fileTree(Path directory) {
    return directory.resolve("fs");
  }

  private static Optional<String> target(Path link) throws IOException {
    try {
      return Optional.of(Files.readSymbolicLink(link).toString());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
