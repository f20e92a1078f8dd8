package dev.cairn.publish;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildSink;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** One image on its way to one registry. */
final class Push {
  /** Registries slow down, or refuse, callers with many connections. */
  private static final int AT_ONCE = 4;

  /** On top of the client's own attempts for single requests. */
  private static final int ATTEMPTS = 3;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final RegistryClient client;
  private final Reference reference;
  private final BlobStore store;
  private final BuildSink sink;

  Push(RegistryClient client, Reference reference, BlobStore store, BuildSink sink) {
    this.client = client;
    this.reference = reference;
    this.store = store;
    this.sink = sink;
  }

  void run(ImageBlobs image) throws IOException, InterruptedException {
    pushBlobs(image);
    var inner = image.manifests().subList(0, image.manifests().size() - 1);
    for (ImageBlobs.Document manifest : inner) {
      push(manifest, reference.withoutVersion());
    }
    push(image.manifests().getLast(), reference);
  }

  private void push(ImageBlobs.Document manifest, Reference to)
      throws IOException, InterruptedException {
    Descriptor descriptor = manifest.descriptor();
    retrying(
        "pushing manifest " + descriptor.digest(),
        () -> client.pushManifest(to, descriptor.mediaType(), manifest.bytes()));
    sink.event(
        new BuildEvent.Progress(
            0, "pushing " + descriptor.digest(), descriptor.size(), descriptor.size()));
  }

  private void pushBlobs(ImageBlobs image) throws IOException, InterruptedException {
    var slots = new Semaphore(AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks = new ExecutorCompletionService<Boolean>(threads);
      var running = new ArrayList<Future<Boolean>>();
      for (Descriptor blob : image.blobs()) {
        running.add(
            tasks.submit(() -> {
              slots.acquire();
              try {
                pushBlob(blob);
              } finally {
                slots.release();
              }
              return true;
            }));
      }
      try {
        for (int i = 0; i < running.size(); i++) {
          tasks.take().get();
        }
      } catch (ExecutionException e) {
        throw unwrapped(e);
      } finally {
        // Those that are done do not notice; those that are not must not go on after a failure.
        threads.shutdownNow();
      }
    }
  }

  private void pushBlob(Descriptor blob) throws IOException, InterruptedException {
    var source = new StoredBlob(store, blob, sink);
    retrying("pushing " + blob.digest(), () -> client.pushBlob(reference, blob, source));
    source.done();
  }

  private void retrying(String what, Request request) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        request.run();
        return;
      } catch (RegistryException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("the push was cancelled");
        }
        if (!e.retryable() || attempt == ATTEMPTS) {
          throw e;
        }
        sink.event(new BuildEvent.Retry(what, String.valueOf(e.getMessage()), attempt + 1));
        Thread.sleep(PAUSE.multipliedBy(attempt));
      }
    }
  }

  private static IOException unwrapped(ExecutionException e) throws InterruptedException {
    return switch (e.getCause()) {
      case IOException failure -> failure;
      case RuntimeException bug -> throw bug;
      case InterruptedException cancelled -> {
        var again = new InterruptedException("the push was cancelled");
        again.initCause(cancelled);
        throw again;
      }
      case null, default -> new IOException(String.valueOf(e.getMessage()), e);
    };
  }

  /** Something asked of the registry. */
  @FunctionalInterface
  private interface Request {
    void run() throws IOException;
  }
}
