package dev.cairn.app.command;

import dev.cairn.app.client.CairnApi;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A name in Cairn's registry.
 *
 * @param repository without a host
 * @param reference the tag or digest
 */
record ImageName(String repository, String reference) {

  /** Reads {@code NAME[:TAG]} or {@code NAME@DIGEST}; without either the tag is latest. */
  static ImageName parse(String text) {
    int at = text.indexOf('@');
    int colon = text.lastIndexOf(':');
    ImageName name =
        at > 0
            ? new ImageName(text.substring(0, at), text.substring(at + 1))
            : colon > text.lastIndexOf('/')
                ? new ImageName(text.substring(0, colon), text.substring(colon + 1))
                : new ImageName(text, "latest");
    if (name.repository.isEmpty() || name.reference.isEmpty()) {
      throw new UsageException("an image is NAME[:TAG] or NAME@DIGEST, not: " + text);
    }
    return name;
  }

  boolean isDigest() {
    return reference.contains(":");
  }

  /** The path of its repository in the API. */
  String path() {
    return "/images/" + encodedRepository();
  }

  /** The path of what the server knows about this name. */
  String catalog() {
    return "/catalog/"
        + encodedRepository()
        + CairnApi.encode((isDigest() ? "@" : ":") + reference);
  }

  private String encodedRepository() {
    return Arrays.stream(repository.split("/", -1))
        .map(CairnApi::encode)
        .collect(Collectors.joining("/"));
  }

  /** The path of its manifest. */
  String manifest() {
    return path() + "/manifests/" + CairnApi.encode(reference);
  }
}
