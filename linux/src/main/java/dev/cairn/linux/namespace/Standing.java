package dev.cairn.linux.namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * As whom this process works: as root of the machine, or as root of a user namespace that an
 * ordinary user entered (user_namespaces(7)).
 *
 * @param kind what follows from it
 * @param ids the identities of this process's user namespace, as its parent knows them
 */
public record Standing(Kind kind, IdMap ids) {
  private static final long EVERYBODY = 0xFFFFFFFFL;
  private static final Path MAP = Path.of("/proc/self/uid_map");

  /** What follows from it. */
  public enum Kind {
    /** Root of the machine: owners, devices, control groups. */
    ROOT,
    /** Root of a user namespace with many identities: owners within them, nothing of the rest. */
    RANGE,
    /** The only identity there is: whatever a step makes belongs to its root. */
    SINGLE_IDENTITY
  }

  /** Root of the machine. */
  public static final Standing ROOT =
      new Standing(Kind.ROOT, new IdMap(List.of(new IdMap.Extent(0, 0, EVERYBODY))));

  /** That of this process, which never changes: a process with threads enters no namespace. */
  public static Standing own() {
    return Own.STANDING;
  }

  private static final class Own {
    static final Standing STANDING = read();
  }

  private static Standing read() {
    try {
      return parse(Files.readString(MAP));
    } catch (NoSuchFileException e) {
      // A kernel without user namespaces.
      return ROOT;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Standing parse(String map) {
    var extents =
        map.lines()
            .map(line -> Arrays.stream(line.strip().split("\\s+")).map(Long::valueOf).toList())
            .filter(numbers -> numbers.size() == 3)
            .flatMap(numbers -> extent(numbers.get(0), numbers.get(1), numbers.get(2)))
            .toList();
    if (extents.isEmpty()) {
      throw new IllegalStateException("this process's user namespace has no identities");
    }
    long count = extents.stream().mapToLong(IdMap.Extent::count).sum();
    if (count >= EVERYBODY - 1) {
      return ROOT;
    }
    return new Standing(count == 1 ? Kind.SINGLE_IDENTITY : Kind.RANGE, new IdMap(extents));
  }

  private static Stream<IdMap.Extent> extent(long inside, long outside, long count) {
    return Stream.of(new IdMap.Extent(inside, outside, Math.min(count, EVERYBODY - outside)));
  }

  /** Whether this process is root of the machine. */
  public boolean isRoot() {
    return kind == Kind.ROOT;
  }

  /** Whether files here can belong to this user or group. */
  public boolean holds(long identity) {
    return ids.extents().stream()
        .anyMatch(each -> identity >= each.inside() && identity - each.inside() < each.count());
  }

  /** One more than the highest identity that is held, all lower ones being held too. */
  public long identities() {
    long next = 0;
    while (holds(next)) {
      long at = next;
      next =
          ids.extents().stream()
              .filter(each -> at >= each.inside() && at - each.inside() < each.count())
              .mapToLong(each -> each.inside() + each.count())
              .max()
              .orElseThrow();
    }
    return next;
  }

  /**
   * The identities of a further user namespace for one step, in which everybody stays who he is.
   * The kernel wants each extent of the new map inside one of ours, so they are cut alike.
   */
  public IdMap stepIdentities() {
    return new IdMap(
        ids.extents().stream()
            .map(each -> new IdMap.Extent(each.inside(), each.inside(), each.count()))
            .toList());
  }
}
