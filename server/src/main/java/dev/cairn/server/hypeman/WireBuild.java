package dev.cairn.server.hypeman;

import dev.cairn.build.BuildFailure;
import dev.cairn.build.BuildState;
import dev.cairn.build.Context;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Phase;
import dev.cairn.build.Source;
import dev.cairn.service.Build;
import dev.cairn.service.Builds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Build object (section 4). Nullable members are always there; {@code provenance} and {@code
 * tags} are left out when empty.
 */
final class WireBuild {
  private final HypemanOptions options;

  WireBuild(HypemanOptions options) {
    this.options = options;
  }

  /** The object right after submission: queued, and without a position if a slot is free. */
  Map<String, @Nullable Object> submitted(Build build, String host, Builds.QueueInfo queue) {
    var wire = of(build, host);
    if (wire.get("queue_position") instanceof Integer position
        && queue.running() + position <= queue.slots()) {
      wire.put("queue_position", null);
    }
    return wire;
  }

  /**
   * The object.
   *
   * @param host the name under which the caller reaches us
   */
  Map<String, @Nullable Object> of(Build build, String host) {
    var document = Document.of(build.origin());
    boolean ready = build.state() == BuildState.READY;
    boolean cancelled = build.state() == BuildState.CANCELLED;
    Map<String, @Nullable Object> wire = new LinkedHashMap<>();
    wire.put("id", HypemanId.encode(build.id()));
    wire.put("status", status(build.state()));
    wire.put("created_at", time(build.times().accepted()));
    wire.put("queue_position", build.waiting().map(Build.Waiting::position).orElse(null));
    wire.put("started_at", build.times().started().map(WireBuild::time).orElse(null));
    wire.put("completed_at", build.times().completed().map(WireBuild::time).orElse(null));
    wire.put(
        "duration_ms",
        build.duration().filter(_ -> !cancelled).map(java.time.Duration::toMillis).orElse(null));
    wire.put(
        "image_digest", build.result().map(done -> done.image().digest().toString()).orElse(null));
    wire.put("image_ref", ready ? imageRef(build, document, host) : null);
    wire.put("error", build.failure().map(failure -> error(build, failure)).orElse(null));
    wire.put("builder_instance_id", null);
    wire.put("builder_id", build.request().cache().builder().orElse(null));
    provenance(build, document).ifPresent(provenance -> wire.put("provenance", provenance));
    if (!build.labels().isEmpty()) {
      wire.put("tags", build.labels());
    }
    return wire;
  }

  /** The state's word in this dialect. */
  static String status(BuildState state) {
    return switch (state) {
      case QUEUED -> "queued";
      case PREPARING, BUILDING -> "building";
      case PUBLISHING -> "pushing";
      case READY -> "ready";
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
    };
  }

  /** UTC with a Z, to the millisecond. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private String imageRef(Build build, Document document, String host) {
    if (document.imageName() != null) {
      return document.imageName();
    }
    String own = "builds/" + HypemanId.encode(build.id());
    boolean named =
        build.result().filter(done -> done.names().contains(own + ":latest")).isPresent();
    String path =
        named
            ? own
            : build.result().stream()
                .flatMap(done -> done.names().stream())
                .findFirst()
                .orElse(own);
    return options.shortImageRef() ? path : options.registryHost().orElse(host) + "/" + path;
  }

  private static String error(Build build, BuildFailure failure) {
    String text = failure.sentence();
    if (failure.place().isPresent() && !text.contains(failure.place().get())) {
      text = failure.place().get() + ": " + text;
    }
    if (failure.kind() == FailureKind.TIMEOUT) {
      String limit =
          build.request().limits().run().map(run -> " after " + run.toSeconds() + " s").orElse("");
      text = "timeout" + limit + ": " + text;
    }
    return failure.remedy().isEmpty() ? text : text + " (" + failure.remedy() + ")";
  }

  /** On ready, and on failed if its steps ran. */
  private static Optional<Map<String, Object>> provenance(Build build, Document document) {
    boolean stepsRan = build.failure().filter(f -> f.phase() == Phase.STEPS).isPresent();
    if (build.result().isEmpty() && !stepsRan) {
      return Optional.empty();
    }
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put(
        "base_image_digest",
        build
            .result()
            .flatMap(Build.Outcome::baseDigest)
            .map(Object::toString)
            .orElse(document.pin() == null ? "" : document.pin()));
    sourceHash(build.request().mainContext())
        .ifPresent(hash -> provenance.put("source_hash", hash));
    if (!document.lockfiles().isEmpty()) {
      provenance.put("lockfile_hashes", new java.util.TreeMap<>(document.lockfiles()));
    }
    build.result().ifPresent(done -> provenance.put("buildkit_version", done.builder()));
    build.times().completed().ifPresent(end -> provenance.put("timestamp", time(end)));
    return Optional.of(provenance);
  }

  private static Optional<String> sourceHash(Context context) {
    return switch (context.source()) {
      case Source.Archive archive -> Optional.of(archive.upload().hex());
      case Source.Manifest manifest -> Optional.of(manifest.pack().hex());
      case Source.Git _, Source.Image _, Source.None _ -> Optional.empty();
    };
  }
}
