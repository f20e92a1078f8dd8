package dev.cairn.engine.base;

import dev.cairn.build.BlobLeases;
import dev.cairn.build.BuildJob;
import dev.cairn.build.CacheRecords;
import dev.cairn.build.CacheRecords.CacheRecord;
import dev.cairn.build.CacheScope;
import dev.cairn.engine.layer.Layer;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which layers are here with an index of our own making, and who may use them.
 *
 * <p>A layer that a registry gave to everybody is noted for everybody. One that it gave to a login
 * is noted for that tenant alone: naming its digest in a manifest gives nobody else its bytes. The
 * notes are facts that we computed over verified bytes, so keeping them in a shared scope poisons
 * nothing.
 */
public final class PulledLayers {
  private static final String KIND = "layer";
  private static final CacheScope PUBLIC = CacheScope.shared("public-layers");
  private static final String OWN = "layers";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final CacheRecords records;
  private final BlobLeases leases;

  private record Wire(
      String diffId, String mediaType, long size, String index, boolean selfContained) {}

  /** Notes kept in these records. */
  public PulledLayers(CacheRecords records, BlobLeases leases) {
    this.records = records;
    this.leases = leases;
  }

  /** The layer of this blob, if this build may use it; leased to the build. */
  public Optional<Layer> find(BuildJob job, Digest blob) {
    return records
        .find(job.id(), List.of(CacheScope.of(job.tenant(), OWN), PUBLIC), KIND, blob)
        .flatMap(record -> parsed(blob, record.body()));
  }

  /** A layer is here and the build's tenant, or everybody, may use it. */
  public void note(BuildJob job, Layer layer, boolean forEverybody) {
    Set<Digest> blobs = Set.of(layer.blob().digest(), layer.index());
    leases.lease(job.id(), blobs);
    if (forEverybody) {
      leases.grantPublic(blobs);
    } else {
      leases.grant(job.tenant(), blobs);
    }
    var wire =
        new Wire(
            layer.diffId().toString(),
            layer.blob().mediaType().value(),
            layer.blob().size(),
            layer.index().toString(),
            layer.selfContained());
    records.write(
        List.of(
            new CacheRecord(
                forEverybody ? PUBLIC : CacheScope.of(job.tenant(), OWN),
                KIND,
                layer.blob().digest(),
                layer.blob().digest().toString(),
                JSON.writeValueAsString(wire),
                blobs,
                Instant.now())));
  }

  private static Optional<Layer> parsed(Digest blob, String body) {
    try {
      Wire wire = JSON.readValue(body, Wire.class);
      return Optional.of(
          new Layer(
              Digest.parse(wire.diffId),
              Descriptor.of(new MediaType(wire.mediaType), blob, wire.size),
              Digest.parse(wire.index),
              wire.selfContained,
              Optional.empty(),
              Optional.empty()));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
