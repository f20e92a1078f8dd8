package dev.cairn.server;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Builder;
import dev.cairn.build.CacheScope;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;

/** Runs nothing, but writes a real image of the layers it is given. */
public final class FakeBuilder implements Builder {
  /** What a build does before its image is written. */
  @FunctionalInterface
  public interface Work {
    /** Reports through the sink, waits or fails. */
    void run(BuildJob job, BuildSink sink) throws InterruptedException;
  }

  private final BlobStore blobs;
  private volatile Work work = FakeBuilder::oneStep;
  private volatile List<byte[]> layers = List.of();

  /** What was asked about cache mounts: the scope and how much of it to keep. */
  public record Kept(CacheScope scope, long most) {}

  private final List<Kept> kept = new CopyOnWriteArrayList<>();
  private volatile boolean diskBroken;

  FakeBuilder(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** What the next builds do. */
  public void work(Work next) {
    this.work = next;
  }

  /** The tars of the next images, lowest first. */
  public void layers(List<byte[]> tars) {
    this.layers = List.copyOf(tars);
  }

  private static void oneStep(BuildJob job, BuildSink sink) {
    sink.event(new BuildEvent.StepStarted(1, 1, "0", "RUN make", "Dockerfile:2"));
    sink.event(new BuildEvent.Log(1, BuildEvent.Stream.STDOUT, "hello"));
    sink.event(
        new BuildEvent.StepFinished(
            1,
            BuildEvent.Outcome.RAN,
            12,
            Optional.of(new BuildEvent.Miss("files-changed", "a file changed", List.of("src/a.c"))),
            Optional.empty()));
  }

  /** What was asked about cache mounts so far. */
  public List<Kept> kept() {
    return List.copyOf(kept);
  }

  /** Whether cache mounts cannot be removed. */
  public void breakDisk(boolean broken) {
    diskBroken = broken;
  }

  @Override
  public long keepCacheMounts(CacheScope scope, long most) throws IOException {
    if (diskBroken) {
      throw new IOException("the disk does not answer");
    }
    kept.add(new Kept(scope, most));
    return 0;
  }

  @Override
  public String name() {
    return "fake 1";
  }

  @Override
  public BuildResult build(BuildJob job, BuildSink sink) throws InterruptedException {
    work.run(job, sink);
    try {
      return image();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BuildResult image() throws IOException {
    ImageConfig config = ImageConfig.empty(Platform.parse("linux/amd64"));
    List<Descriptor> written = new ArrayList<>();
    for (byte[] tar : layers) {
      byte[] packed = gzip(tar);
      blobs.put(packed);
      written.add(Descriptor.of(MediaType.OCI_LAYER_GZIP, packed));
      config = config.plus(Digest.sha256(tar), History.of(Optional.empty(), "COPY", "", false));
    }
    byte[] configBytes = config.toBytes();
    blobs.put(configBytes);
    Descriptor configDescriptor = Descriptor.of(MediaType.OCI_CONFIG, configBytes);
    byte[] manifest = Manifest.oci(configDescriptor, written).toBytes();
    blobs.put(manifest);
    Descriptor image = Descriptor.of(MediaType.OCI_MANIFEST, manifest);
    Set<Digest> all = new HashSet<>(Set.of(image.digest(), configDescriptor.digest()));
    written.forEach(layer -> all.add(layer.digest()));
    return new BuildResult(
        image,
        List.of(image),
        all,
        List.of(),
        Optional.empty(),
        name(),
        "none",
        new BuildResult.Usage(1, 0, 0, 0, Map.of()),
        Optional.empty());
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
