package dev.cairn.server.hypeman;

import dev.cairn.build.TenantId;
import dev.cairn.oci.ContainerConfig;
import dev.cairn.oci.Platform;
import dev.cairn.service.NamedImages;
import dev.cairn.service.NamedImages.NamedImage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Image object (section 12.1); nullable members are always there. */
final class WireImage {
  private final NamedImages images;

  WireImage(NamedImages images) {
    this.images = images;
  }

  Map<String, @Nullable Object> of(TenantId tenant, NamedImage image) {
    Optional<NamedImages.Details> details = images.details(tenant, image);
    Optional<ContainerConfig> config = details.map(d -> d.config().config());
    Map<String, @Nullable Object> wire = new LinkedHashMap<>();
    wire.put("name", image.source().map(Object::toString).orElse(image.name().toString()));
    wire.put("digest", image.digest().map(Object::toString).orElse(""));
    wire.put(
        "status",
        switch (image.state()) {
          case PENDING -> "pending";
          case PULLING -> "pulling";
          case READY -> "ready";
          case FAILED -> "failed";
        });
    wire.put("created_at", WireBuild.time(image.createdAt()));
    wire.put("queue_position", image.position().orElse(null));
    wire.put("error", image.error().orElse(null));
    wire.put("size_bytes", details.map(NamedImages.Details::bytes).orElse(null));
    wire.put("entrypoint", config.flatMap(ContainerConfig::entrypoint).orElse(null));
    wire.put("cmd", config.flatMap(ContainerConfig::cmd).orElse(null));
    wire.put(
        "working_dir",
        config.map(ContainerConfig::workingDir).filter(dir -> !dir.isEmpty()).orElse(null));
    config
        .map(ContainerConfig::env)
        .filter(env -> !env.isEmpty())
        .ifPresent(env -> wire.put("env", pairs(env)));
    details
        .map(d -> d.config().platform())
        .or(image::platform)
        .map(Platform::toString)
        .ifPresent(platform -> wire.put("platform", platform));
    if (!image.labels().isEmpty()) {
      wire.put("tags", new java.util.TreeMap<>(image.labels()));
    }
    return wire;
  }

  private static Map<String, String> pairs(Iterable<String> env) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String each : env) {
      int equals = each.indexOf('=');
      pairs.put(
          equals < 0 ? each : each.substring(0, equals),
          equals < 0 ? "" : each.substring(equals + 1));
    }
    return pairs;
  }
}
