package dev.cairn.service.push;

import dev.cairn.build.PushListener;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.service.Push;
import dev.cairn.service.secret.SecretMasker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Counts what a push does, and tells it about twice a second. */
final class PushProgress implements PushListener {
  private static final long PAUSE = Duration.ofMillis(500).toNanos();

  private final SecretMasker masker;
  private final Consumer<Push.Progress> told;
  private final Map<Digest, Push.Moving> moving = new LinkedHashMap<>();
  private int sent;
  private int present;
  private int mounted;
  private long bytes;
  private Optional<String> retry = Optional.empty();
  private long next = System.nanoTime();

  PushProgress(SecretMasker masker, Consumer<Push.Progress> told) {
    this.masker = masker;
    this.told = told;
  }

  @Override
  public void moving(Descriptor blob, long done) {
    Push.Progress now;
    synchronized (this) {
      Push.Moving before = moving.get(blob.digest());
      long from = before == null ? 0 : before.done();
      bytes += done > from ? done - from : done;
      moving.put(blob.digest(), new Push.Moving(blob.digest().toString(), done, blob.size()));
      retry = Optional.empty();
      if (System.nanoTime() - next < 0) {
        return;
      }
      next = System.nanoTime() + PAUSE;
      now = now();
    }
    told.accept(now);
  }

  @Override
  public synchronized void arrived(Descriptor blob, Arrival how) {
    Push.Moving before = moving.remove(blob.digest());
    switch (how) {
      case SENT -> {
        sent++;
        bytes += blob.size() - (before == null ? 0 : Math.min(before.done(), blob.size()));
      }
      case PRESENT -> present++;
      case MOUNTED -> mounted++;
    }
    retry = Optional.empty();
  }

  @Override
  public void retry(String what, String reason, int attempt) {
    Push.Progress now;
    synchronized (this) {
      retry = Optional.of(masker.mask(what + ", attempt " + attempt + ": " + reason));
      now = now();
    }
    told.accept(now);
  }

  /** As it stands. */
  synchronized Push.Progress now() {
    return new Push.Progress(
        sent, present, mounted, bytes, moving.values().stream().toList(), retry);
  }
}
