package dev.cairn.build;

import dev.cairn.oci.Reference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What comes of a build.
 *
 * @param destinations where else the image is pushed
 * @param names names of our own registry ({@code repository:tag}, relative to the tenant) moved to
 *     the image in the final transaction
 * @param compression how new layers are compressed
 * @param provenance whether an attestation of the build goes with the image
 * @param sbom whether a bill of materials goes with the image
 * @param annotations written to the manifest
 * @param labels written to the config last, so that they win
 * @param sourceDateEpoch seconds since 1970 that creation times are set to
 * @param rewriteTimestamps whether newer times inside new layers are cut to the epoch
 * @param rootFileSystem the form of a bootable root file system wanted, if any
 * @param machine the kind of machine wanted, if any
 */
public record Outputs(
    List<Destination> destinations,
    List<String> names,
    Compression compression,
    Optional<String> provenance,
    Optional<String> sbom,
    Map<String, String> annotations,
    Map<String, String> labels,
    Optional<Long> sourceDateEpoch,
    boolean rewriteTimestamps,
    Optional<String> rootFileSystem,
    Optional<String> machine) {

  /** An image in our own store, without a name of its own. */
  public static final Outputs DEFAULT =
      new Outputs(
          List.of(),
          List.of(),
          new Compression(CompressionKind.GZIP, Optional.empty(), false),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Map.of(),
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty());

  public Outputs {
    destinations = List.copyOf(destinations);
    names = List.copyOf(names);
    annotations = Map.copyOf(annotations);
    labels = Map.copyOf(labels);
  }

  /** The same, with {@code names}. */
  public Outputs withNames(List<String> names) {
    return new Outputs(
        destinations,
        names,
        compression,
        provenance,
        sbom,
        annotations,
        labels,
        sourceDateEpoch,
        rewriteTimestamps,
        rootFileSystem,
        machine);
  }

  /** How a layer's bytes are compressed. */
  public enum CompressionKind {
    GZIP,
    ZSTD,
    NONE
  }

  /**
   * How new layers are compressed.
   *
   * @param kind the format
   * @param level the format's own level; absent for the installation's
   * @param force whether base layers are converted as well
   */
  public record Compression(CompressionKind kind, Optional<Integer> level, boolean force) {}

  /**
   * A registry elsewhere.
   *
   * @param reference where to push, tag included
   * @param insecure whether plain http or an unknown certificate would be accepted; only where the
   *     operator accepts it as well
   */
  public record Destination(Reference reference, boolean insecure) {}
}
