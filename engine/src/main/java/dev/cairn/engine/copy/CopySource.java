package dev.cairn.engine.copy;

import dev.cairn.oci.Digest;
import java.util.Optional;

/** One thing that a COPY or ADD reads. */
public sealed interface CopySource {

  /**
   * Files of the context, a stage or an image.
   *
   * @param pattern a path from the root of the source tree, perhaps with wildcards
   * @param unpack whether an archive is unpacked instead of copied
   */
  record Files(String pattern, boolean unpack) implements CopySource {}

  /**
   * A heredoc.
   *
   * @param name the file's name if the destination is a directory
   * @param content the body, expanded
   */
  record Inline(String name, String content) implements CopySource {}

  /**
   * A file on the web, still to be fetched.
   *
   * @param url http or https
   * @param name the file's name if the destination is a directory
   * @param checksum what the content must be
   * @param unpack whether an archive is unpacked instead of copied
   */
  record Url(String url, String name, Optional<Digest> checksum, boolean unpack)
      implements CopySource {}
}
