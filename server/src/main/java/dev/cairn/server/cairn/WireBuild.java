package dev.cairn.server.cairn;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildResult;
import dev.cairn.oci.Descriptor;
import dev.cairn.service.Build;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A build as JSON; what is not known is left out. */
final class WireBuild {
  private WireBuild() {}

  /**
   * The object.
   *
   * @param host the name under which the caller reaches our registry
   */
  static Map<String, Object> of(Build build, String host) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("id", build.id().toString());
    wire.put("tenant", build.tenant().value());
    wire.put("state", Field.word(build.state()));
    build.phase().ifPresent(phase -> wire.put("phase", Field.word(phase)));
    build.waiting().ifPresent(waiting -> wire.put("waiting", waiting(waiting)));
    wire.put("attempt", build.attempt());
    wire.put("acceptedAt", time(build.times().accepted()));
    build.times().started().ifPresent(at -> wire.put("startedAt", time(at)));
    build.times().completed().ifPresent(at -> wire.put("completedAt", time(at)));
    build.duration().ifPresent(duration -> wire.put("durationMs", duration.toMillis()));
    wire.put("labels", build.labels());
    build.request().cache().builder().ifPresent(id -> wire.put("builder", id));
    wire.put("origin", origin(build));
    build
        .cancelRequested()
        .ifPresent(wish -> {
          Map<String, Object> cancel = new LinkedHashMap<>();
          cancel.put("who", wish.who());
          cancel.put("when", time(wish.when()));
          cancel.put("why", wish.why());
          wire.put("cancelRequested", cancel);
        });
    build.failure().ifPresent(failure -> wire.put("failure", failure(failure)));
    build.result().ifPresent(result -> wire.put("result", result(build, result, host)));
    return wire;
  }

  static String time(Instant instant) {
    return instant.toString();
  }

  private static Map<String, Object> waiting(Build.Waiting waiting) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("reason", Field.word(waiting.reason()));
    wire.put("position", waiting.position());
    waiting.estimate().ifPresent(time -> wire.put("estimateSeconds", time.toSeconds()));
    return wire;
  }

  private static Map<String, Object> origin(Build build) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("dialect", build.origin().dialect());
    wire.put("actor", build.origin().actor());
    wire.put("trigger", build.origin().trigger());
    build.origin().requestId().ifPresent(id -> wire.put("requestId", id));
    return wire;
  }

  static Map<String, Object> failure(BuildFailure failure) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("code", failure.code());
    wire.put("kind", Field.word(failure.kind()));
    wire.put("sentence", failure.sentence());
    wire.put("remedy", failure.remedy());
    wire.put("retryable", failure.retryable());
    wire.put("phase", Field.word(failure.phase()));
    failure.place().ifPresent(place -> wire.put("place", place));
    failure.step().ifPresent(step -> wire.put("step", step));
    failure.exitCode().ifPresent(code -> wire.put("exitCode", code));
    wire.put("attempt", failure.attempt());
    wire.put("attempts", failure.attempts());
    failure.usage().ifPresent(usage -> wire.put("usage", usage(usage)));
    return wire;
  }

  private static Map<String, Object> result(Build build, Build.Outcome result, String host) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("image", descriptor(result.image()));
    wire.put("manifests", result.manifests().stream().map(WireBuild::descriptor).toList());
    wire.put("names", result.names());
    wire.put(
        "references",
        result.names().stream().map(name -> host + "/" + build.tenant() + "/" + name).toList());
    List<Map<String, String>> materials =
        result.materials().stream()
            .map(m -> Map.of("kind", m.kind(), "name", m.name(), "digest", m.digest()))
            .toList();
    wire.put("materials", materials);
    result.baseDigest().ifPresent(digest -> wire.put("baseDigest", digest.toString()));
    wire.put("builder", result.builder());
    wire.put("isolation", result.rung());
    wire.put("usage", usage(result.usage()));
    result.reusedFrom().ifPresent(id -> wire.put("reusedFrom", id.toString()));
    return wire;
  }

  private static Map<String, Object> usage(BuildResult.Usage usage) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("stepsRun", usage.stepsRun());
    wire.put("stepsCached", usage.stepsCached());
    wire.put("peakMemoryBytes", usage.peakMemoryBytes());
    wire.put("cpuNanoseconds", usage.cpuNanoseconds());
    wire.put("figures", usage.figures());
    return wire;
  }

  static Map<String, Object> descriptor(Descriptor descriptor) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("mediaType", descriptor.mediaType().value());
    wire.put("digest", descriptor.digest().toString());
    wire.put("size", descriptor.size());
    descriptor.platform().ifPresent(platform -> wire.put("platform", platform.toString()));
    return wire;
  }
}
