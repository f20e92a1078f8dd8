package dev.cairn.oci;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where some content is: its type, digest and size in bytes (OCI image specification, "Content
 * Descriptors"). It has no {@code urls}: content from elsewhere is refused.
 */
public record Descriptor(
    MediaType mediaType,
    Digest digest,
    long size,
    Map<String, String> annotations,
    Optional<Platform> platform,
    Optional<String> artifactType) {

  /** Docker's annotation that marks an attestation manifest in an index. */
  public static final String REFERENCE_TYPE = "vnd.docker.reference.type";

  /** Docker's annotation that names the image an attestation is about. */
  public static final String REFERENCE_DIGEST = "vnd.docker.reference.digest";

  /** Checks the size; annotations are copied and sorted. */
  public Descriptor {
    if (size < 0) {
      throw new InvalidOciException("size of " + digest + " is negative: " + size);
    }
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  /** A descriptor without annotations and platform. */
  public static Descriptor of(MediaType mediaType, Digest digest, long size) {
    return new Descriptor(mediaType, digest, size, Map.of(), Optional.empty(), Optional.empty());
  }

  /** The descriptor of bytes that are at hand. */
  public static Descriptor of(MediaType mediaType, byte[] bytes) {
    return of(mediaType, Digest.sha256(bytes), bytes.length);
  }

  /** The same content with this platform. */
  public Descriptor withPlatform(Platform newPlatform) {
    return new Descriptor(
        mediaType, digest, size, annotations, Optional.of(newPlatform), artifactType);
  }

  /** The same content with these annotations instead. */
  public Descriptor withAnnotations(Map<String, String> newAnnotations) {
    return new Descriptor(mediaType, digest, size, newAnnotations, platform, artifactType);
  }

  /** The same content under another media type. */
  public Descriptor withMediaType(MediaType newMediaType) {
    return new Descriptor(newMediaType, digest, size, annotations, platform, artifactType);
  }

  /** Whether it is an entry of an index that describes another entry and is no image. */
  public boolean isAttestation() {
    return annotations.containsKey(REFERENCE_TYPE)
        || platform.filter(p -> p.os().equals("unknown")).isPresent();
  }
}
