package dev.cairn.publish;

import dev.cairn.build.Publisher;
import dev.cairn.build.PushListener;
import dev.cairn.build.PushMemory;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.http.HttpUrl;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryException;
import dev.cairn.oci.registry.UploadMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings single blobs and manifests to one repository. A blob is looked for in four places, the
 * cheapest first: our memory, the repository, the registry's other repositories, our store.
 */
final class BlobPush {
  /** Asking for a blob to be mounted costs two requests if it is not there. */
  private static final int MOUNT_ATTEMPTS = 2;

  private final RegistryClient client;
  private final String tenant;
  private final Reference target;
  private final PushMemory memory;
  private final PushListener listener;
  private final Common common;
  private final Set<RepositoryName> neighbours = ConcurrentHashMap.newKeySet();

  /** What all pushes share. */
  record Common(BlobStore store, Patience patience, BlobTurns turns) {}

  BlobPush(RegistryClient client, Publisher.Order order, PushListener listener, Common common) {
    this.client = client;
    this.tenant = order.tenant().value();
    this.target = order.to().reference().orLatest();
    this.memory = order.memory();
    this.listener = listener;
    this.common = common;
  }

  Reference target() {
    return target;
  }

  void mayBeAt(Reference repository) {
    if (repository.registry().equals(target.registry())
        && !repository.repository().equals(target.repository())) {
      neighbours.add(repository.repository());
    }
  }

  /** The registry misses what our memory says it has. */
  void forget() {
    memory.forget(target);
  }

  /**
   * Brings a blob there.
   *
   * @return whether only our memory says that it is there
   */
  boolean blob(Descriptor blob) throws IOException, InterruptedException {
    if (memory.seenLately(target, blob.digest())) {
      listener.arrived(blob, PushListener.Arrival.PRESENT);
      return true;
    }
    var how = new PushListener.Arrival[] {PushListener.Arrival.PRESENT};
    try (var _ = common.turns().take(tenant + " " + target.name() + " " + blob.digest())) {
      retrying("pushing " + blob.digest(), () -> how[0] = bring(blob));
    }
    memory.seen(target, blob.digest());
    listener.arrived(blob, how[0]);
    return false;
  }

  private PushListener.Arrival bring(Descriptor blob) throws IOException {
    if (client.hasForPush(target, blob.digest())) {
      return PushListener.Arrival.PRESENT;
    }
    UploadMemory upload = upload(blob.digest());
    if (upload.begun().isEmpty() && mounted(blob.digest())) {
      return PushListener.Arrival.MOUNTED;
    }
    client.upload(target, blob, new StoredBlob(common.store(), blob, listener), upload);
    return PushListener.Arrival.SENT;
  }

  private boolean mounted(Digest digest) throws IOException {
    var places = new LinkedHashSet<RepositoryName>(memory.elsewhere(target, digest));
    places.addAll(neighbours);
    int attempts = 0;
    for (RepositoryName place : places) {
      if (attempts++ == MOUNT_ATTEMPTS) {
        break;
      }
      try {
        if (client.mount(target, digest, place)) {
          return true;
        }
      } catch (RegistryException e) {
        // The login may not reach that repository; what has to be right is right when it is sent.
        if (e.retryable()) {
          throw e;
        }
      }
    }
    return false;
  }

  /** Stores a manifest under the target's tag, or inner ones under their digest. */
  void manifest(ImageBlobs.Document document, boolean tagged)
      throws IOException, InterruptedException {
    Descriptor manifest = document.descriptor();
    Reference to = tagged ? target : target.withoutVersion();
    retrying(
        "pushing manifest " + manifest.digest(),
        () -> client.pushManifest(to, manifest.mediaType(), document.bytes()));
    listener.arrived(manifest, PushListener.Arrival.SENT);
  }

  private UploadMemory upload(Digest digest) {
    return new UploadMemory() {
      @Override
      public Optional<HttpUrl> begun() {
        return memory.upload(target, digest);
      }

      @Override
      public void continuesAt(HttpUrl location) {
        memory.uploading(target, digest, location);
      }

      @Override
      public void over() {
        memory.uploaded(target, digest);
      }
    };
  }

  private void retrying(String what, Request request) throws IOException, InterruptedException {
    for (int attempt = 2; ; attempt++) {
      try {
        request.run();
        return;
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("the push was cancelled");
        }
        if (!(e instanceof RegistryException failure)
            || !failure.retryable()
            || attempt > common.patience().attempts()) {
          throw e;
        }
        listener.retry(what, String.valueOf(e.getMessage()), attempt);
        Duration usual = common.patience().before(attempt);
        Thread.sleep(
            failure.retryAfter().filter(asked -> asked.compareTo(usual) > 0).orElse(usual));
      }
    }
  }

  /** Something asked of the registry. */
  @FunctionalInterface
  private interface Request {
    void run() throws IOException;
  }
}
