package dev.cairn.engine.copy;

import dev.cairn.dockerfile.value.FileModeChange;
import dev.cairn.oci.Digest;
import java.util.List;
import java.util.Optional;

/**
 * A COPY or ADD with every word expanded.
 *
 * @param sources what is read, in order
 * @param destination absolute; a trailing {@code /} or {@code /.} says that it is a directory
 * @param chown user and group as written; looked up in the destination
 * @param chmod octal or symbolic, checked
 * @param excludes patterns of {@code --exclude}
 * @param parents whether the path of a source is kept
 * @param link whether the layer is made without looking at the destination
 * @param place as in {@code Dockerfile:12}, for errors; of no effect on the result
 */
public record CopyOperation(
    List<CopySource> sources,
    String destination,
    Optional<String> chown,
    Optional<String> chmod,
    List<String> excludes,
    boolean parents,
    boolean link,
    String place) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is no source, the destination is not absolute or the
   *     mode is none
   */
  public CopyOperation {
    sources = List.copyOf(sources);
    excludes = List.copyOf(excludes);
    if (sources.isEmpty() || !destination.startsWith("/")) {
      throw new IllegalArgumentException("a copy needs a source and an absolute destination");
    }
    chmod.ifPresent(FileModeChange::parse);
  }

  /** A plain copy of one path. */
  public static CopyOperation of(String pattern, String destination) {
    return new CopyOperation(
        List.of(new CopySource.Files(pattern, false)),
        destination,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        false,
        false,
        "");
  }

  /**
   * The normalised operation: what of it belongs to the step's recipe key besides the digest of the
   * selected files. Names are in that digest; places and the patterns' spelling are nobody's
   * business.
   */
  public Digest shape() {
    var hasher = new KeyHasher().text("copy-shape-1").text(destination);
    hasher.text(chown.orElse("")).text(chmod.orElse("")).number(excludes.size());
    excludes.forEach(hasher::text);
    return hasher.number(parents ? 1 : 0).number(isLink() ? 1 : 0).finish();
  }

  /** {@code --link} together with {@code --chmod} is an ordinary copy, as BuildKit has it. */
  boolean isLink() {
    return link && chmod.isEmpty();
  }

  Optional<FileModeChange> mode() {
    return chmod.map(FileModeChange::parse);
  }
}
