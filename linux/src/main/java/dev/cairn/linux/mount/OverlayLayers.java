package dev.cairn.linux.mount;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The directories of a merged view.
 *
 * @param lower the unpacked layers, the LOWEST FIRST as in an image's manifest, at most 500; put
 *     the {@link StubLayer} first
 * @param writable where changes go; without it the view is read-only
 */
public record OverlayLayers(List<Path> lower, Optional<Writable> writable) {
  /** As many as the kernel stacks (OVL_MAX_STACK). */
  public static final int MOST = 500;

  /** An empty upper directory and an empty work directory beside it, on one file system. */
  public record Writable(Path upper, Path work) {}

  /** Checks the number of layers. */
  public OverlayLayers {
    lower = List.copyOf(lower);
    if (lower.isEmpty() || lower.size() > MOST) {
      throw new IllegalArgumentException(
          "a merged view has 1 to %d layers, not %d".formatted(MOST, lower.size()));
    }
  }

  /** The same directories, as owners see them. */
  OverlayLayers shownBy(Owners owners) {
    return new OverlayLayers(
        lower.stream().map(owners::shown).toList(),
        writable.map(w -> new Writable(owners.shown(w.upper()), owners.shown(w.work()))));
  }

  /** A view that nobody can change. */
  public static OverlayLayers readOnly(List<Path> lower) {
    return new OverlayLayers(lower, Optional.empty());
  }

  /** A view whose changes go to {@code upper}. */
  public static OverlayLayers writable(List<Path> lower, Path upper, Path work) {
    return new OverlayLayers(lower, Optional.of(new Writable(upper, work)));
  }
}
