package dev.cairn.engine.base;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildException;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildSink;
import dev.cairn.engine.cache.SharedWork;
import dev.cairn.engine.layer.Layer;
import dev.cairn.engine.layer.LayerHandle;
import dev.cairn.engine.layer.LayerStore;
import dev.cairn.engine.layer.Snapshot;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.History;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Brings the layers of bases into the blob store, several at once, each indexed while it streams
 * in. Builds that want the same layer at the same time share one transfer, within what each may
 * have.
 */
public final class BaseLayers {
  private final LayerStore store;
  private final PulledLayers pulled;
  private final SharedWork<String, Layer> transfers = new SharedWork<>();

  /** Layers in this store, noted there. */
  public BaseLayers(LayerStore store, PulledLayers pulled) {
    this.store = store;
    this.pulled = pulled;
  }

  /** What a build lends to a fetch. */
  public record Caller(
      BuildJob job,
      BuildSink sink,
      BaseResolver resolver,
      Function<Callable<Layer>, Future<Layer>> fork) {}

  /**
   * The files of an image, its layers on their way.
   *
   * @param step the number under which progress is told
   * @param place for errors
   */
  public Snapshot snapshot(BaseImage image, int step, String place, Caller caller) {
    var handles = new ArrayList<LayerHandle>();
    List<Optional<Instant>> times = times(image);
    for (int i = 0; i < image.document().layers().size(); i++) {
      Descriptor blob = image.document().layers().get(i);
      Digest diffId = image.config().diffIds().get(i);
      Optional<Instant> time = times.get(i);
      handles.add(
          new LayerHandle(
              caller
                  .fork()
                  .apply(() -> fetch(image, blob, diffId, step, place, caller).withCreated(time)),
              Optional.empty()));
    }
    return new Snapshot(handles, history(image));
  }

  /** The image's history with one entry per layer, also where the image tells less, or nothing. */
  public static List<History> history(BaseImage image) {
    var entries = new ArrayList<>(image.config().history());
    long told = image.config().historyLayers();
    int layers = image.config().diffIds().size();
    if (told > layers) {
      entries.clear();
      told = 0;
    }
    for (long i = told; i < layers; i++) {
      entries.add(History.of(image.config().created(), "layer of " + image.name(), "", false));
    }
    return entries;
  }

  private static List<Optional<Instant>> times(BaseImage image) {
    return history(image).stream()
        .filter(entry -> !entry.emptyLayer())
        .map(History::created)
        .toList();
  }

  private Layer fetch(
      BaseImage image, Descriptor blob, Digest diffId, int step, String place, Caller caller)
      throws InterruptedException {
    Optional<Layer> here = pulled.find(caller.job(), blob.digest());
    if (here.isPresent() && here.get().diffId().equals(diffId)) {
      return here.get();
    }
    boolean open = image.where() == BaseImage.Where.PUBLIC;
    String owner = open ? "" : caller.job().tenant().value();
    Layer layer =
        transfers.get(
            owner + " " + blob.digest() + " " + diffId,
            () -> transferred(image, blob, diffId, step, place, caller));
    pulled.note(caller.job(), layer, open);
    return layer;
  }

  private Layer transferred(
      BaseImage image, Descriptor blob, Digest diffId, int step, String place, Caller caller)
      throws InterruptedException {
    try {
      if (image.where() == BaseImage.Where.OURS) {
        return store.read(blob.digest(), diffId);
      }
      var login = caller.resolver().login(image.reference());
      try (InputStream in =
          new Counted(login.client().blob(image.reference(), blob), blob, step, caller.sink())) {
        return store.store(in, blob, diffId);
      }
    } catch (IOException e) {
      throw RegistryFailures.of(image.name(), place, e);
    } catch (IllegalArgumentException e) {
      throw BuildException.of(dev.cairn.build.FailureKind.SOURCE, "base-invalid")
          .at(place)
          .cause(e)
          .sentence("A layer of " + image.name() + " cannot be used: " + e.getMessage() + ".");
    }
  }

  /** Tells how far a transfer has come, at most every 4 MiB. */
  private static final class Counted extends FilterInputStream {
    private static final long STRIDE = 4 << 20;

    private final Descriptor blob;
    private final int step;
    private final BuildSink sink;
    private long done;
    private long told;

    Counted(InputStream in, Descriptor blob, int step, BuildSink sink) {
      super(in);
      this.blob = blob;
      this.step = step;
      this.sink = sink;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      done += Math.max(0, count);
      if (done - told >= STRIDE || (done == blob.size() && told < done)) {
        told = done;
        sink.event(new BuildEvent.Progress(step, "pull " + blob.digest(), done, blob.size()));
      }
      return count;
    }
  }
}
