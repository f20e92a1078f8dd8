package dev.cairn.linux.mount;

import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import dev.cairn.linux.file.TreeEntry;
import dev.cairn.linux.file.TreeVisitor;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads an upper directory as a list of changes, parents first, each directory's names in byte
 * order. The overlay must be unmounted or at rest.
 */
public record OverlayDiff(Directory upper) {
  /** Takes the changes one by one. */
  @FunctionalInterface
  public interface Consumer {
    /** Takes one; a file's bytes can be opened during the call. */
    void accept(DiffEntry entry) throws IOException;
  }

  /** Whether the step changed nothing; faster than a walk. */
  public boolean isEmpty() throws IOException {
    return upper.list("", Links.REFUSE).isEmpty();
  }

  /** Reports every change. */
  public void forEach(Consumer consumer) throws IOException {
    Map<Long, String> firstNames = new HashMap<>();
    upper.walk(entry -> {
      consumer.accept(
          entry.stat().isWhiteout()
              ? new DiffEntry.Deleted(entry.path())
              : present(entry, firstNames));
      return TreeVisitor.Next.ENTER;
    });
  }

  private static DiffEntry present(TreeEntry entry, Map<Long, String> firstNames)
      throws IOException {
    var all = entry.attributes();
    boolean opaque =
        entry.stat().isDirectory()
            && (all.has("trusted.overlay.opaque", "y") || all.has("user.overlay.opaque", "y"));
    Optional<String> linkTo = Optional.empty();
    if (!entry.stat().isDirectory() && entry.stat().links() > 1) {
      linkTo = Optional.ofNullable(firstNames.putIfAbsent(entry.stat().inode(), entry.path()));
    }
    return new DiffEntry.Present(entry, all.only(OverlayDiff::isOurs), opaque, linkTo);
  }

  private static boolean isOurs(String attribute) {
    return !attribute.startsWith("trusted.overlay.") && !attribute.startsWith("user.overlay.");
  }
}
