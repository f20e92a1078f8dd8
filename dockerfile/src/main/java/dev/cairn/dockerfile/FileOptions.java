package dev.cairn.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * The flags COPY and ADD share.
 *
 * @param chown unexpanded; parse with {@code Owner} after expansion
 * @param chmod unexpanded; parse with {@code FileModeChange} after expansion
 * @param link {@code --link}
 * @param excludes patterns of {@code --exclude}, never expanded
 */
public record FileOptions(
    Optional<String> chown, Optional<String> chmod, boolean link, List<String> excludes) {
  /** No flag given. */
  public static final FileOptions NONE =
      new FileOptions(Optional.empty(), Optional.empty(), false, List.of());

  public FileOptions {
    excludes = List.copyOf(excludes);
  }
}
