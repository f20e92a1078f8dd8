package dev.cairn.oci;

import java.util.Locale;

/**
 * The media type of a descriptor. The constants are those of OCI and of Docker's schema 2; others
 * are kept as they are, so that artifacts of any kind can be listed.
 */
public record MediaType(String value) {

  /** How a layer's tar is compressed. */
  public enum Compression {
    NONE,
    GZIP,
    ZSTD
  }

  public static final MediaType OCI_INDEX =
      new MediaType("application/vnd.oci.image.index.v1+json");
  public static final MediaType OCI_MANIFEST =
      new MediaType("application/vnd.oci.image.manifest.v1+json");
  public static final MediaType OCI_CONFIG =
      new MediaType("application/vnd.oci.image.config.v1+json");
  public static final MediaType OCI_LAYER = new MediaType("application/vnd.oci.image.layer.v1.tar");
  public static final MediaType OCI_LAYER_GZIP =
      new MediaType("application/vnd.oci.image.layer.v1.tar+gzip");
  public static final MediaType OCI_LAYER_ZSTD =
      new MediaType("application/vnd.oci.image.layer.v1.tar+zstd");
  public static final MediaType OCI_EMPTY = new MediaType("application/vnd.oci.empty.v1+json");

  public static final MediaType DOCKER_INDEX =
      new MediaType("application/vnd.docker.distribution.manifest.list.v2+json");
  public static final MediaType DOCKER_MANIFEST =
      new MediaType("application/vnd.docker.distribution.manifest.v2+json");
  public static final MediaType DOCKER_CONFIG =
      new MediaType("application/vnd.docker.container.image.v1+json");
  public static final MediaType DOCKER_LAYER =
      new MediaType("application/vnd.docker.image.rootfs.diff.tar");
  public static final MediaType DOCKER_LAYER_GZIP =
      new MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip");
  public static final MediaType DOCKER_LAYER_ZSTD =
      new MediaType("application/vnd.docker.image.rootfs.diff.tar.zstd");

  /** The statement inside an attestation manifest. */
  public static final MediaType IN_TOTO = new MediaType("application/vnd.in-toto+json");

  /** Docker's first schema; never accepted, known only to be refused by name. */
  public static final MediaType DOCKER_SCHEMA_1 =
      new MediaType("application/vnd.docker.distribution.manifest.v1+json");

  /** Docker's first schema with its signature; never accepted. */
  public static final MediaType DOCKER_SCHEMA_1_SIGNED =
      new MediaType("application/vnd.docker.distribution.manifest.v1+prettyjws");

  private static final int LIMIT = 255;

  /** Checks length and characters (RFC 6838, section 4.2); parameters do not belong to it. */
  public MediaType {
    int slash = value.indexOf('/');
    boolean good =
        slash > 0
            && slash < value.length() - 1
            && value.length() <= LIMIT
            && value.indexOf('/', slash + 1) < 0;
    for (int i = 0; good && i < value.length(); i++) {
      char c = value.charAt(i);
      good = Ascii.isLetterOrDigit(c) || "!#$&-^_.+/".indexOf(c) >= 0;
    }
    if (!good) {
      throw new InvalidOciException(
          "media type must look like type/subtype, not " + InvalidOciException.quote(value));
    }
  }

  /** Reads a Content-Type header: parameters are dropped, the case is lowered. */
  public static MediaType parseContentType(String header) {
    int semicolon = header.indexOf(';');
    return new MediaType(
        (semicolon < 0 ? header : header.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT));
  }

  /** Whether it names an index of manifests, of OCI or Docker. */
  public boolean isIndex() {
    return equals(OCI_INDEX) || equals(DOCKER_INDEX);
  }

  /** Whether it names a manifest of one image, of OCI or Docker. */
  public boolean isManifest() {
    return equals(OCI_MANIFEST) || equals(DOCKER_MANIFEST);
  }

  /** Whether it names an image config, of OCI or Docker. */
  public boolean isConfig() {
    return equals(OCI_CONFIG) || equals(DOCKER_CONFIG);
  }

  /** Whether it names a layer that we can unpack; foreign and encrypted layers are not. */
  public boolean isLayer() {
    return switch (value) {
      case "application/vnd.oci.image.layer.v1.tar",
          "application/vnd.oci.image.layer.v1.tar+gzip",
          "application/vnd.oci.image.layer.v1.tar+zstd",
          "application/vnd.docker.image.rootfs.diff.tar",
          "application/vnd.docker.image.rootfs.diff.tar.gzip",
          "application/vnd.docker.image.rootfs.diff.tar.zstd" ->
          true;
      default -> false;
    };
  }

  /** Whether it names Docker's first schema, which is refused. */
  public boolean isSchema1() {
    return equals(DOCKER_SCHEMA_1) || equals(DOCKER_SCHEMA_1_SIGNED);
  }

  /** Whether it is one of Docker's own types. */
  public boolean isDocker() {
    return value.startsWith("application/vnd.docker.");
  }

  /** How a layer of this type is compressed; an error for what is not a layer. */
  public Compression compression() {
    if (!isLayer()) {
      throw new InvalidOciException(
          "media type " + value + " is not an image layer that can be unpacked");
    }
    if (value.endsWith("gzip")) {
      return Compression.GZIP;
    }
    return value.endsWith("zstd") ? Compression.ZSTD : Compression.NONE;
  }

  /** The OCI layer type of this compression. */
  public static MediaType ociLayer(Compression compression) {
    return switch (compression) {
      case NONE -> OCI_LAYER;
      case GZIP -> OCI_LAYER_GZIP;
      case ZSTD -> OCI_LAYER_ZSTD;
    };
  }

  @Override
  public String toString() {
    return value;
  }
}
