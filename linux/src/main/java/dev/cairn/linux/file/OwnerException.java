package dev.cairn.linux.file;

import dev.cairn.linux.namespace.Standing;
import java.io.IOException;

/** A file was to belong to somebody whom this service's user namespace does not have. */
public final class OwnerException extends IOException {
  private static final long serialVersionUID = 1L;

  OwnerException(String path, long uid, long gid, Standing standing) {
    super(
        "/%s belongs to user %d and group %d, but this service has only the numbers 0 to %d"
            .formatted(path, uid, gid, standing.identities() - 1));
  }
}
