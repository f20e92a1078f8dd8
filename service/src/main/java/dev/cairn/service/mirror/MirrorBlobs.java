package dev.cairn.service.mirror;

import dev.cairn.content.blob.BlobStore;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.service.Mirrors.Place;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.store.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The blobs of mirrored registries: fetched once however many ask, streamed through meanwhile. */
final class MirrorBlobs {
  private static final Logger LOG = LoggerFactory.getLogger(MirrorBlobs.class);
  private static final int MOST_AT_ONCE = 16;
  private static final MediaType BYTES = new MediaType("application/octet-stream");

  private final BlobStore blobs;
  private final MirrorRows rows;
  private final DiskReserve disk;
  private final Path directory;
  private final SecureRandom random = new SecureRandom();
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final ReentrantLock beginning = new ReentrantLock();
  private final Map<Digest, BlobFetch> running = new ConcurrentHashMap<>();

  /** Blobs fetched through this directory, which is emptied. */
  MirrorBlobs(BlobStore blobs, MirrorRows rows, DiskReserve disk, Path directory)
      throws IOException {
    this.blobs = blobs;
    this.rows = rows;
    this.disk = disk;
    this.directory = OwnerOnly.directories(directory);
    try (var left = Files.newDirectoryStream(directory)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
  }

  /** Where to fetch from, and for how long to keep. */
  record From(RegistryClient client, Reference repository, Place place, Duration kept) {}

  InputStream open(From from, Digest digest, long size, long offset)
      throws IOException, InterruptedException {
    InputStream following;
    BlobFetch fetch;
    // A fetch leaves the running ones only when its bytes are in the store, so one of the two has
    // it; and its file moves away under readers that have opened it.
    beginning.lockInterruptibly();
    try {
      BlobFetch known = running.get(digest);
      if (known == null) {
        if (rows.hold(from.place(), digest, from.kept()) && blobs.has(digest)) {
          var channel = blobs.channel(digest);
          channel.position(offset);
          return Channels.newInputStream(channel);
        }
        known = begin(from, digest, size);
        running.put(digest, known);
      }
      fetch = known;
      following = fetch.open(offset);
    } finally {
      beginning.unlock();
    }
    try {
      fetch.awaitBegin();
      return following;
    } catch (IOException | InterruptedException e) {
      following.close();
      throw e;
    }
  }

  private BlobFetch begin(From from, Digest digest, long size) {
    disk.requireRoom(size);
    byte[] name = new byte[16];
    random.nextBytes(name);
    var fetch = new BlobFetch(directory.resolve(HexFormat.of().formatHex(name)));
    try {
      OwnerOnly.create(fetch.file());
    } catch (IOException e) {
      throw new UncheckedIOException("the mirror's directory cannot be written", e);
    }
    Thread.ofVirtual().name("mirror-" + digest.hex()).start(() -> run(fetch, from, digest, size));
    return fetch;
  }

  private void run(BlobFetch fetch, From from, Digest digest, long size) {
    Optional<IOException> failure = Optional.empty();
    try {
      places.acquire();
      try (InputStream in =
          disk.guard(from.client().blob(from.repository(), Descriptor.of(BYTES, digest, size)))) {
        fetch.write(in);
        rows.arriving(from.place(), digest, from.kept());
        publish(fetch, from, digest);
      } finally {
        places.release();
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    } catch (RuntimeException e) {
      LOG.error("the blob {} cannot be mirrored", digest, e);
      failure = Optional.of(new IOException("the blob cannot be stored", e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = Optional.of(new IOException("interrupted", e));
    } finally {
      running.remove(digest, fetch);
      discard(fetch.file());
      fetch.end(failure);
    }
  }

  /** Nobody opens the file while it moves. */
  private void publish(BlobFetch fetch, From from, Digest digest) throws IOException {
    beginning.lock();
    try {
      blobs.adopt(fetch.file(), Optional.of(digest));
      rows.arrived(from.place(), digest, from.kept());
      running.remove(digest, fetch);
    } finally {
      beginning.unlock();
    }
  }

  private static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("the half of a blob stays until the next start: {}", file, e);
    }
  }
}
