package dev.cairn.oci;

import java.util.List;
import java.util.Optional;

/**
 * Chooses the manifest of an index for a platform. Operating system and architecture must be equal;
 * a lower variant of the same architecture runs too, the highest is best; among equals the index's
 * order decides. Attestations are never chosen.
 */
public final class PlatformChoice {

  private static final List<String> ARM = List.of("v5", "v6", "v7", "v8");
  private static final List<String> AMD64 = List.of("v1", "v2", "v3", "v4");

  private PlatformChoice() {}

  /** Whether an image made for {@code offered} runs on {@code wanted}. */
  public static boolean runs(Platform offered, Platform wanted) {
    return rank(offered, wanted) >= 0;
  }

  /**
   * The best manifest for the platform. If no entry says a platform and there is just one, that one
   * is taken, and the caller checks its config.
   */
  public static Optional<Descriptor> choose(List<Descriptor> manifests, Platform wanted) {
    Optional<Descriptor> best = Optional.empty();
    int bestRank = -1;
    var images = manifests.stream().filter(m -> !m.isAttestation()).toList();
    for (Descriptor manifest : images) {
      int rank = manifest.platform().map(p -> rank(p, wanted)).orElse(-1);
      if (rank > bestRank) {
        best = Optional.of(manifest);
        bestRank = rank;
      }
    }
    if (best.isEmpty() && images.size() == 1 && images.getFirst().platform().isEmpty()) {
      return Optional.of(images.getFirst());
    }
    return best;
  }

  /** -1 does not run, otherwise higher is better. */
  private static int rank(Platform offered, Platform wanted) {
    if (!offered.os().equals(wanted.os())
        || !offered.architecture().equals(wanted.architecture())) {
      return -1;
    }
    if (wanted.osVersion().isPresent()
        && !sameBuild(offered.osVersion(), wanted.osVersion().get())) {
      return -1;
    }
    if (offered.variant().equals(wanted.variant())) {
      return Integer.MAX_VALUE;
    }
    return switch (offered.architecture()) {
      case "arm" -> rank(ARM, offered.variant().orElse("v7"), wanted.variant().orElse("v7"));
      case "amd64" -> rank(AMD64, offered.variant().orElse("v1"), wanted.variant().orElse("v1"));
      case "arm64" -> arm64Rank(offered.variant().orElse("v8"), wanted.variant().orElse("v8"));
      default -> offered.variant().isEmpty() ? 0 : -1;
    };
  }

  private static int rank(List<String> order, String offered, String wanted) {
    int have = order.indexOf(offered);
    return have >= 0 && have <= order.indexOf(wanted) ? have : -1;
  }

  /**
   * v9.x runs what v9.y ran for y ≤ x, and what v8.(x+5) runs (Arm's feature table); v8.x likewise
   * within v8.
   */
  private static int arm64Rank(String offered, String wanted) {
    int have = arm64Level(offered);
    int need = arm64Level(wanted);
    if (have < 0 || need < 0) {
      return -1;
    }
    if (have / 100 == need / 100) {
      return have <= need ? have : -1;
    }
    return have / 100 < need / 100 && have % 100 <= need % 100 + 5 ? have : -1;
  }

  private static int arm64Level(String variant) {
    if (!variant.matches("v[89](\\.[0-9])?")) {
      return -1;
    }
    int minor = variant.length() > 2 ? variant.charAt(3) - '0' : 0;
    return (variant.charAt(1) - '0') * 100 + minor;
  }

  /** Windows compares the first three numbers of the version, the build. */
  private static boolean sameBuild(Optional<String> offered, String wanted) {
    return offered.isEmpty() || build(offered.get()).equals(build(wanted));
  }

  private static String build(String version) {
    String[] parts = version.split("\\.");
    return parts.length < 3 ? version : parts[0] + "." + parts[1] + "." + parts[2];
  }
}
