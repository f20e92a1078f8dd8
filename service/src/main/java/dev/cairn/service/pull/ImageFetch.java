package dev.cairn.service.pull;

import dev.cairn.build.TenantId;
import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.ImageConfig;
import dev.cairn.oci.Manifest;
import dev.cairn.oci.Platform;
import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.ResolvedImage;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.image.PulledBlobs;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Brings one image from a registry into the blob store, its layers several at once. A blob is
 * passed over only if the tenant may have it already; else it is read to its end from the registry,
 * which so confirms the right to it, even if the same bytes are here.
 */
final class ImageFetch {
  private static final int AT_ONCE = 3;

  private final BlobStore blobs;
  private final PulledBlobs rights;
  private final DiskReserve disk;

  ImageFetch(BlobStore blobs, PulledBlobs rights, DiskReserve disk) {
    this.blobs = blobs;
    this.rights = rights;
    this.disk = disk;
  }

  /** What came: the manifest as it was served, and every blob it names. */
  record Fetched(Descriptor manifest, List<Descriptor> blobs) {}

  /**
   * Fetches.
   *
   * @param most bytes that the image may have
   * @throws IOException naming the registry and the reason
   * @throws InterruptedException if it was stopped
   */
  Fetched fetch(
      RegistryClient client,
      TenantId tenant,
      String pull,
      Reference source,
      Platform platform,
      long most)
      throws IOException, InterruptedException {
    ResolvedImage image = client.resolve(source, platform);
    Manifest document = image.document();
    ImageConfig config = client.config(image.reference(), document);
    if (config.diffIds().size() != document.layers().size()) {
      throw new IOException(
          source.name() + ": its manifest and its config name different numbers of layers");
    }
    Set<Descriptor> wanted = new LinkedHashSet<>();
    wanted.add(document.config());
    wanted.addAll(document.layers());
    long sum = 0;
    for (Descriptor blob : wanted) {
      sum = Math.addExact(sum, blob.size());
    }
    if (sum > most) {
      throw new IOException(
          source.name()
              + ": the image has "
              + sum
              + " bytes, more than the "
              + most
              + " that the tenant may bring here at once");
    }
    all(
        wanted.stream()
            .<Callable<Void>>map(blob ->
                () -> {
                  fetch(client, tenant, pull, image.reference(), blob);
                  return null;
                })
            .toList());
    rights.hold(pull, image.descriptor().digest());
    blobs.put(image.manifest().bytes());
    rights.arrived(pull, image.descriptor().digest());
    return new Fetched(image.descriptor(), List.copyOf(wanted));
  }

  private void fetch(
      RegistryClient client, TenantId tenant, String pull, Reference from, Descriptor blob)
      throws IOException {
    if (rights.holdIfOwned(pull, tenant, blob.digest())
        && blobs.size(blob.digest()).orElse(-1) == blob.size()) {
      return;
    }
    rights.hold(pull, blob.digest());
    try (InputStream in = disk.guard(client.blob(from, blob));
        var writer = blobs.writer()) {
      in.transferTo(writer);
      writer.commit(blob.digest(), blob.size());
    }
    rights.arrived(pull, blob.digest());
  }

  /** Does all, a few at once; the first failure stops the rest. */
  private static void all(List<Callable<Void>> tasks) throws IOException, InterruptedException {
    var turns = new Semaphore(AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> running = new ArrayList<>();
      for (Callable<Void> task : tasks) {
        running.add(
            threads.submit(() -> {
              turns.acquire();
              try {
                return task.call();
              } finally {
                turns.release();
              }
            }));
      }
      try {
        for (Future<Void> each : running) {
          each.get();
        }
      } catch (ExecutionException e) {
        throw unwrapped(e);
      } finally {
        running.forEach(each -> each.cancel(true));
      }
    }
  }

  private static IOException unwrapped(ExecutionException e) throws InterruptedException {
    return switch (e.getCause()) {
      case IOException cause -> cause;
      case InterruptedException cause -> throw cause;
      case RuntimeException cause -> throw cause;
      case null, default -> new IOException(e);
    };
  }
}
