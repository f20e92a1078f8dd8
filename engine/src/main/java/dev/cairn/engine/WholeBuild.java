package dev.cairn.engine;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.CacheRecords.CacheRecord;
import dev.cairn.build.CacheScope;
import dev.cairn.build.Outputs;
import dev.cairn.build.Recipe;
import dev.cairn.engine.graph.PlanRequest;
import dev.cairn.engine.graph.Planned;
import dev.cairn.engine.step.Keys;
import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Remembers finished builds, so that one whose every ingredient is known is answered without
 * mounting, unpacking or starting anything.
 *
 * <p>The key is made after planning: recipe keys of the last nodes, which hold contexts, URLs and
 * bases as they are resolved now with this request's logins, the whole configs with their
 * histories, outputs, policy, builder and compressor. So nothing is answered that this request
 * could not have built.
 */
final class WholeBuild {
  private static final String KIND = "build";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final EnginePorts ports;
  private final BuildJob job;
  private final String compressor;

  private record Wire(
      String build,
      Blob image,
      List<Blob> manifests,
      List<String> blobs,
      String base,
      @Nullable String rung) {}

  private record Blob(String mediaType, String digest, long size, String platform) {}

  WholeBuild(EnginePorts ports, BuildJob job, String compressor) {
    this.ports = ports;
    this.job = job;
    this.compressor = compressor;
  }

  Digest key(List<PlanRequest> requests, List<Planned> planned) {
    var words = new ArrayList<String>();
    words.add(NativeBuilder.NAME);
    words.add(compressor);
    words.add(String.valueOf(job.request().recipe() instanceof Recipe.Import));
    Outputs outputs = job.request().outputs();
    words.add(new TreeMap<>(outputs.labels()).toString());
    words.add(new TreeMap<>(outputs.annotations()).toString());
    words.add(job.limits().network().toString());
    for (int i = 0; i < planned.size(); i++) {
      Planned plan = planned.get(i);
      words.add(requests.get(i).platform().toString());
      words.add(requests.get(i).epoch().toString());
      words.add(plan.last().key().toString());
      words.add(Digest.sha256(plan.state().image().toBytes()).toString());
      words.add(plan.base().map(base -> base.manifest().digest().toString()).orElse(""));
    }
    return Keys.build(words);
  }

  /**
   * The earlier result, its blobs leased to this build.
   *
   * @param minimum a result whose commands were shut in less well is none
   */
  Optional<BuildResult> find(Digest key, List<Planned> planned, IsolationRung minimum) {
    var cache = job.request().cache();
    boolean forced =
        planned.stream()
            .map(plan -> plan.last().handling())
            .anyMatch(handling -> handling.forced() || handling.belowForced());
    if (!cache.reading() || cache.read().isEmpty() || forced) {
      return Optional.empty();
    }
    return ports
        .records()
        .find(job.id(), cache.read(), KIND, key)
        .flatMap(record -> parsed(record.body(), planned))
        .filter(result ->
            IsolationRung.of(result.rung()).orElse(IsolationRung.PLAIN).isAtLeast(minimum));
  }

  void remember(Digest key, BuildResult result, List<Planned> planned) {
    Optional<CacheScope> scope = job.request().cache().written();
    boolean confined = planned.stream().anyMatch(plan -> plan.last().handling().confined());
    if (scope.isEmpty() || (confined && scope.get().isShared())) {
      return;
    }
    var wire =
        new Wire(
            job.id().toString(),
            wire(result.image()),
            result.manifests().stream().map(WholeBuild::wire).toList(),
            result.blobs().stream().map(Digest::toString).sorted().toList(),
            result.baseDigest().map(Digest::toString).orElse(""),
            result.rung());
    ports
        .records()
        .write(
            List.of(
                new CacheRecord(
                    scope.get(),
                    KIND,
                    key,
                    key.toString(),
                    JSON.writeValueAsString(wire),
                    result.blobs(),
                    Instant.now())));
  }

  private static Blob wire(Descriptor descriptor) {
    return new Blob(
        descriptor.mediaType().value(),
        descriptor.digest().toString(),
        descriptor.size(),
        descriptor.platform().map(Platform::toString).orElse(""));
  }

  private static Descriptor descriptor(Blob blob) {
    Descriptor plain =
        Descriptor.of(new MediaType(blob.mediaType), Digest.parse(blob.digest), blob.size);
    return blob.platform.isEmpty() ? plain : plain.withPlatform(Platform.parse(blob.platform));
  }

  private static Optional<BuildResult> parsed(String body, List<Planned> planned) {
    try {
      Wire wire = JSON.readValue(body, Wire.class);
      var blobs = new HashSet<Digest>();
      wire.blobs.forEach(text -> blobs.add(Digest.parse(text)));
      int steps = planned.stream().mapToInt(Planned::steps).sum();
      return Optional.of(
          new BuildResult(
              descriptor(wire.image),
              wire.manifests.stream().map(WholeBuild::descriptor).toList(),
              blobs,
              List.of(),
              wire.base.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(wire.base)),
              NativeBuilder.NAME,
              wire.rung == null ? IsolationRung.PLAIN.text() : wire.rung,
              new BuildResult.Usage(0, steps, 0, 0, Map.of()),
              Optional.of(BuildId.parse(wire.build))));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
