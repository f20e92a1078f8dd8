package dev.cairn.oci;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a registry's manifest route serves: the manifest of one image or artifact, or an index of
 * manifests.
 */
public sealed interface ManifestDocument permits Manifest, Index {

  /**
   * The most bytes of a manifest or index that are read: 4 MiB, what registries accept at least.
   */
  int BYTES_LIMIT = 4 * 1024 * 1024;

  /** The document's own media type. */
  MediaType mediaType();

  /** Annotations of the whole document, sorted by key. */
  Map<String, String> annotations();

  /** The manifest that this one is about, for the referrers list. */
  Optional<Descriptor> subject();

  /** The kind of artifact, if it is not an image. */
  Optional<String> artifactType();

  /** Compact JSON, equal for equal documents. */
  byte[] toBytes();

  /**
   * Reads a manifest or index. The type is the document's {@code mediaType}, else the Content-Type
   * it came with, else what its fields show. Types that contradict each other, documents that could
   * be read as both (CVE-2021-41190), and Docker's first schema are refused.
   */
  static ManifestDocument parse(byte[] bytes, Optional<MediaType> contentType) {
    if (contentType.filter(MediaType::isSchema1).isPresent()) {
      throw schema1();
    }
    var fields = new Fields(Json.readObject(bytes, BYTES_LIMIT, "manifest"), "manifest");
    fields.refusingCaseVariantsOf(KNOWN);
    if (fields.has("fsLayers") || fields.longNumber("schemaVersion", 2) == 1) {
      throw schema1();
    }
    if (fields.longNumber("schemaVersion", -1) != 2) {
      throw new InvalidOciException(fields.at("schemaVersion") + " must be 2");
    }
    boolean looksLikeIndex = fields.has("manifests");
    boolean looksLikeManifest = fields.has("config") || fields.has("layers");
    if (looksLikeIndex && looksLikeManifest) {
      throw new InvalidOciException(
          "manifest has both manifests and config or layers, so it is ambiguous and refused");
    }
    MediaType type = typeOf(fields, contentType, looksLikeIndex);
    if (type.isIndex() && !looksLikeManifest) {
      return Index.read(type, fields);
    }
    if (type.isManifest() && !looksLikeIndex) {
      return Manifest.read(type, fields);
    }
    throw new InvalidOciException(
        type.isIndex() || type.isManifest()
            ? "manifest says it is " + type + " but has the fields of the other kind"
            : "manifest type "
                + type
                + " is not supported; an OCI or Docker schema 2 image or index is needed");
  }

  private static MediaType typeOf(
      Fields fields, Optional<MediaType> contentType, boolean looksLikeIndex) {
    Optional<MediaType> inside =
        fields
            .string("mediaType")
            .filter(text -> !text.isEmpty())
            .map(text -> fields.parsed("mediaType", text, MediaType::new));
    Optional<MediaType> outside = contentType.filter(type -> !GENERIC.contains(type.value()));
    if (inside.isPresent() && inside.get().isSchema1()) {
      throw schema1();
    }
    if (inside.isPresent() && outside.isPresent() && !inside.get().equals(outside.get())) {
      throw new InvalidOciException(
          "manifest says it is "
              + inside.get()
              + " but was served as "
              + outside.get()
              + "; ambiguous, so refused");
    }
    return inside
        .or(() -> outside)
        .orElse(looksLikeIndex ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST);
  }

  private static InvalidOciException schema1() {
    return new InvalidOciException(
        "image uses Docker's schema 1, which cannot be verified and is not supported; push it again with a current tool");
  }

  /** The fields of both kinds; their other spellings are refused. */
  Set<String> KNOWN =
      Set.of(
          "schemaVersion",
          "mediaType",
          "artifactType",
          "config",
          "layers",
          "manifests",
          "subject",
          "annotations",
          "fsLayers");

  /** Content types that say nothing about the document. */
  Set<String> GENERIC =
      Set.of("application/json", "application/octet-stream", "text/plain", "text/html");
}
