package dev.cairn.build;

import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a {@link Builder} made. All its bytes are in the blob store and leased to the build.
 *
 * @param image the manifest, or the index when several platforms were asked for
 * @param manifests the manifests, one per platform
 * @param blobs every blob the image is made of, manifests and configs included
 * @param materials what went into it
 * @param baseDigest the manifest digest of the final stage's base, if it had one
 * @param builder name and version of what really built it
 * @param rung the isolation that the steps ran under
 * @param usage what it took
 * @param reusedFrom the earlier build whose result this is, if nothing had to be done
 */
public record BuildResult(
    Descriptor image,
    List<Descriptor> manifests,
    Set<Digest> blobs,
    List<Material> materials,
    Optional<Digest> baseDigest,
    String builder,
    String rung,
    Usage usage,
    Optional<BuildId> reusedFrom) {

  public BuildResult {
    manifests = List.copyOf(manifests);
    blobs = Set.copyOf(blobs);
    materials = List.copyOf(materials);
  }

  /**
   * Something from outside that went into a build.
   *
   * @param kind {@code image}, {@code url}, {@code git}, {@code archive}, …
   * @param name how the author named it, without credentials
   * @param digest what it was
   */
  public record Material(String kind, String name, String digest) {}

  /**
   * What a build took.
   *
   * @param stepsRun steps that ran
   * @param stepsCached steps taken from earlier results
   * @param peakMemoryBytes of the steps, with the pages of the files they touched; 0 if none ran
   * @param cpuNanoseconds of the steps
   * @param figures further numbers by name, for metrics: {@code peakDiskBytes}, {@code peakInodes},
   *     {@code peakProcesses}, where they were measured
   */
  public record Usage(
      int stepsRun,
      int stepsCached,
      long peakMemoryBytes,
      long cpuNanoseconds,
      Map<String, Long> figures) {
    public Usage {
      figures = Map.copyOf(figures);
    }
  }
}
