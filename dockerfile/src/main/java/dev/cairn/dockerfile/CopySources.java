package dev.cairn.dockerfile;

import java.util.List;

/**
 * What COPY and ADD read. BuildKit handles the heredocs after the paths, whatever their order.
 *
 * @param paths paths, wildcards, and for ADD also URLs, unexpanded unless said otherwise
 * @param files heredocs
 */
public record CopySources(List<String> paths, List<InlineFile> files) {
  public CopySources {
    paths = List.copyOf(paths);
    files = List.copyOf(files);
    if (paths.isEmpty() && files.isEmpty()) {
      throw new IllegalArgumentException("at least one source is needed");
    }
  }

  /** Paths only. */
  public static CopySources of(String... paths) {
    return new CopySources(List.of(paths), List.of());
  }
}
