package dev.cairn.publish;

import dev.cairn.build.Publisher;
import dev.cairn.build.PushListener;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.RegistryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * One image on its way to one repository: blobs side by side as soon as they are there, manifests
 * one after another when everything that they name has arrived.
 */
final class RegistryTransfer implements Publisher.Transfer {
  /** Registries slow down, or refuse, callers with many connections. */
  private static final int AT_ONCE = 4;

  private final BlobPush push;
  private final BlobStore store;
  private final PushListener listener;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final Map<Digest, Future<Boolean>> under = new ConcurrentHashMap<>();
  private final BlockingQueue<Boolean> ended = new LinkedBlockingQueue<>();

  RegistryTransfer(BlobPush push, BlobStore store, PushListener listener) {
    this.push = push;
    this.store = store;
    this.listener = listener;
  }

  @Override
  public void mayBeAt(Reference repository) {
    push.mayBeAt(repository);
  }

  /** What fails early is tried again, and told, when the image is finished. */
  @Override
  public void offer(Descriptor layer) {
    var _ = begin(layer);
  }

  private Future<Boolean> begin(Descriptor blob) {
    return under.computeIfAbsent(
        blob.digest(),
        _ ->
            started(() -> {
              slots.acquire();
              try {
                return push.blob(blob);
              } finally {
                slots.release();
              }
            }));
  }

  private Future<Boolean> started(Callable<Boolean> work) {
    var task =
        new FutureTask<Boolean>(work) {
          @Override
          protected void done() {
            ended.add(true);
          }
        };
    threads.execute(task);
    return task;
  }

  @Override
  public void finish(Descriptor image) throws InterruptedException {
    try {
      ImageBlobs parts = ImageBlobs.read(store, image);
      boolean fromMemory = blobs(parts);
      try {
        manifests(parts);
      } catch (RegistryException e) {
        if (!fromMemory || e.retryable()) {
          throw e;
        }
        listener.retry("pushing " + image.digest(), String.valueOf(e.getMessage()), 2);
        push.forget();
        under.clear();
        blobs(parts);
        manifests(parts);
      }
    } catch (IOException e) {
      throw PushFailures.of(e, push.target());
    }
  }

  /** Waits for all blobs; whether some were believed to be there without asking. */
  private boolean blobs(ImageBlobs image) throws IOException, InterruptedException {
    boolean believed = false;
    List<Descriptor> again = new ArrayList<>();
    for (Descriptor blob : image.blobs()) {
      Future<Boolean> early = under.get(blob.digest());
      if (early != null && early.isDone() && early.state() == Future.State.FAILED) {
        again.add(blob);
      }
    }
    again.forEach(blob -> under.remove(blob.digest()));
    var waiting = new LinkedHashSet<Future<Boolean>>();
    image.blobs().forEach(blob -> waiting.add(begin(blob)));
    while (true) {
      // In the order of their ends, so that a failure is not told behind a long upload.
      for (var each = waiting.iterator(); each.hasNext(); ) {
        Future<Boolean> one = each.next();
        if (one.isDone()) {
          believed |= await(one);
          each.remove();
        }
      }
      if (waiting.isEmpty()) {
        return believed;
      }
      ended.take();
    }
  }

  /** On a virtual thread, whose sockets an interrupt closes. */
  private void manifests(ImageBlobs image) throws IOException, InterruptedException {
    Callable<Boolean> work =
        () -> {
          for (ImageBlobs.Document document : image.manifests()) {
            push.manifest(document, document == image.manifests().getLast());
          }
          return true;
        };
    await(started(work));
  }

  private static boolean await(Future<Boolean> work) throws IOException, InterruptedException {
    try {
      return work.get();
    } catch (ExecutionException e) {
      throw unwrapped(e);
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

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
