package dev.cairn.server.registry;

import dev.cairn.oci.Digest;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.Tag;
import dev.cairn.server.RepositoryNames;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.Request;
import java.util.Optional;

/** Reads what the registry's paths name. */
final class Names {
  static final String DIGEST_HEADER = "Docker-Content-Digest";

  private Names() {}

  /** The repository of the path, relative to the caller's tenant. */
  static RepositoryName repository(Request request) {
    try {
      return RepositoryNames.relative(request.caller().tenant(), request.parameter("name"));
    } catch (InvalidOciException e) {
      throw new ApiException(400, "NAME_INVALID", String.valueOf(e.getMessage())).cause(e);
    }
  }

  static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (InvalidOciException e) {
      throw new ApiException(400, "DIGEST_INVALID", String.valueOf(e.getMessage())).cause(e);
    }
  }

  /** A manifest's reference: either a digest or a tag. */
  record Version(Optional<Digest> digest, Optional<Tag> tag) {}

  /** A reference to something that is to be there; what cannot be a tag is as unknown as any. */
  static Version known(String text) {
    if (!text.contains(":") && !isTag(text)) {
      throw new ApiException(404, "MANIFEST_UNKNOWN", "no such manifest here");
    }
    return version(text);
  }

  private static boolean isTag(String text) {
    try {
      return !Tag.parse(text).value().isEmpty();
    } catch (InvalidOciException e) {
      return false;
    }
  }

  /** A reference that a manifest is to get. */
  static Version version(String text) {
    if (text.contains(":")) {
      return new Version(Optional.of(digest(text)), Optional.empty());
    }
    try {
      return new Version(Optional.empty(), Optional.of(Tag.parse(text)));
    } catch (InvalidOciException e) {
      throw new ApiException(400, "TAG_INVALID", String.valueOf(e.getMessage())).cause(e);
    }
  }
}
