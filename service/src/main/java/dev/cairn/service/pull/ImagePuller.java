package dev.cairn.service.pull;

import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.Tag;
import dev.cairn.oci.registry.Credential;
import dev.cairn.oci.registry.RegistryClient;
import dev.cairn.oci.registry.RegistryCredentials;
import dev.cairn.service.NamedImages.Pull;
import dev.cairn.service.access.TenantTable;
import dev.cairn.service.disk.DiskReserve;
import dev.cairn.service.image.PulledBlobs;
import dev.cairn.service.store.Store;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs pulls, a few at once, each on a thread of its own, until it is closed. */
final class ImagePuller implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ImagePuller.class);
  private static final int AT_ONCE = 4;
  private static final long HEARTBEAT_SECONDS = 10;
  private static final Duration LONGEST = Duration.ofHours(2);

  private final Store store;
  private final Clock clock;
  private final PullQueue queue;
  private final ImageFetch fetch;
  private final PulledBlobs rights;
  private final RegistryClient anonymous;
  private final Map<String, Credential> logins = new ConcurrentHashMap<>();
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private final Semaphore work = new Semaphore(0);
  private final Thread dispatcher =
      Thread.ofPlatform().daemon().name("image-puller").unstarted(this::dispatch);
  private volatile boolean closing;

  private record Running(Thread thread, long since) {
    boolean tooLong() {
      return System.nanoTime() - since > LONGEST.toNanos();
    }
  }

  ImagePuller(
      Store store, Clock clock, PullQueue queue, ImageFetch fetch, RegistryClient anonymous) {
    this.store = store;
    this.clock = clock;
    this.queue = queue;
    this.fetch = fetch;
    this.rights = new PulledBlobs(store, clock);
    this.anonymous = anonymous;
  }

  void start() {
    queue.heartbeat(true);
    dispatcher.start();
  }

  /** The client that speaks with this login. */
  RegistryClient client(Reference source, Optional<Credential> login) {
    return login
        .map(credential -> RegistryCredentials.of(source.registry(), credential))
        .map(anonymous::withCredentials)
        .orElse(anonymous);
  }

  /** Remembers the login of a pull that is about to be written. */
  void keep(String id, Pull wish) {
    wish.login().ifPresent(login -> logins.put(id, login));
  }

  /** There may be something to start. */
  void wake() {
    work.release();
  }

  /** Stops what is not wanted any more. */
  void stop(String id) {
    logins.remove(id);
    Optional.ofNullable(running.get(id)).ifPresent(pull -> pull.thread().interrupt());
  }

  private void dispatch() {
    while (!closing) {
      try {
        queue.heartbeat(false);
        running.values().stream()
            .filter(Running::tooLong)
            .forEach(pull -> pull.thread().interrupt());
        for (var next = claim(); next.isPresent(); next = claim()) {
          begin(next.get());
        }
      } catch (RuntimeException e) {
        log.error("no image can be pulled; it is tried again", e);
      }
      try {
        if (work.tryAcquire(HEARTBEAT_SECONDS, TimeUnit.SECONDS)) {
          work.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private Optional<PullRows.Claimed> claim() {
    return running.size() < AT_ONCE && !closing ? queue.claim() : Optional.empty();
  }

  private void begin(PullRows.Claimed pull) {
    Thread thread = Thread.ofVirtual().name("pull-" + pull.id()).unstarted(() -> run(pull));
    running.put(pull.id(), new Running(thread, System.nanoTime()));
    thread.start();
  }

  private void run(PullRows.Claimed pull) {
    try {
      pull(pull);
    } catch (InterruptedException e) {
      ended(pull, "the pull was stopped after " + LONGEST.toHours() + " hours");
    } catch (IOException | RuntimeException e) {
      if (DiskReserve.isFull(e)) {
        ended(pull, DiskReserve.full().getMessage() + "; " + DiskReserve.full().remedy());
      } else if (Thread.interrupted()) {
        ended(pull, "the pull was stopped after " + LONGEST.toHours() + " hours");
      } else {
        if (e instanceof RuntimeException) {
          log.error("the pull of {} failed", pull.source(), e);
        }
        ended(pull, Failure.sentence(pull.source(), e));
      }
    } finally {
      logins.remove(pull.id());
      running.remove(pull.id());
      wake();
    }
  }

  private void pull(PullRows.Claimed pull) throws IOException, InterruptedException {
    Optional<Credential> login = Optional.ofNullable(logins.get(pull.id()));
    long most = store.read(session -> TenantTable.limits(session, pull.tenant())).uploadBytes();
    var fetched =
        fetch.fetch(
            client(pull.source(), login),
            pull.tenant(),
            pull.id(),
            pull.source(),
            pull.platform(),
            most);
    store.change(session -> {
      if (!queue.holds(session, pull.id())) {
        return;
      }
      Optional<Tag> tag =
          pull.name().isDigest() ? Optional.empty() : Optional.of(Tag.parse(pull.name().version()));
      Digest digest = fetched.manifest().digest();
      PulledBlobs.register(
          session,
          pull.tenant(),
          pull.name().repository(),
          tag,
          new PulledBlobs.Image(pull.id(), fetched.manifest(), fetched.blobs(), login.isPresent()),
          clock.instant());
      session.update(
          """
          UPDATE image_pull SET state = 'ready', digest = ?, error = NULL, lease_owner = NULL
          WHERE id = ?
          """,
          digest,
          pull.id());
    });
  }

  /** While this process goes down nothing has failed: it is gone on with by the next. */
  private void ended(PullRows.Claimed pull, String error) {
    if (closing) {
      return;
    }
    try {
      queue.fail(pull.id(), error);
      rights.release(pull.id());
    } catch (RuntimeException e) {
      log.error("the end of the pull of {} cannot be written", pull.source(), e);
    }
  }

  @Override
  public void close() {
    closing = true;
    wake();
    try {
      dispatcher.join();
      for (Running pull : Map.copyOf(running).values()) {
        pull.thread().interrupt();
        pull.thread().join();
      }
      queue.letGo();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
