package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildJob;
import dev.cairn.build.BuildResult;
import dev.cairn.build.BuildSink;
import dev.cairn.build.Inputs;
import dev.cairn.build.Outputs;
import dev.cairn.build.Publisher;
import dev.cairn.build.PushListener;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a build's image goes besides our own registry. Layers are sent while the build still runs;
 * manifests only when it has ended well.
 */
final class Destinations implements AutoCloseable {
  private final List<Publisher.Transfer> transfers = new ArrayList<>();

  /** Opens all; the first that is not allowed ends the build before it has begun. */
  synchronized void open(BuildJob job, BuildQueue.Publishing publishing, BuildSink sink) {
    for (Outputs.Destination to : job.request().outputs().destinations()) {
      var order =
          new Publisher.Order(
              job.tenant(),
              to,
              publishing
                  .credentials()
                  .registry(
                      job,
                      to.reference().registry().value(),
                      to.reference().repository().value(),
                      Inputs.Purpose.PUSH),
              publishing.memory().of(job.tenant()));
      transfers.add(publishing.publisher().open(order, new Events(sink)));
    }
  }

  /** A layer of the image is there. */
  synchronized void layer(Descriptor layer) {
    transfers.forEach(transfer -> transfer.offer(layer));
  }

  /** A base's registry may hand its layers on by itself. */
  synchronized void material(BuildResult.Material material) {
    if (transfers.isEmpty() || !material.kind().equals("image")) {
      return;
    }
    try {
      Reference base = Reference.parse(material.name());
      transfers.forEach(transfer -> transfer.mayBeAt(base));
    } catch (InvalidOciException e) {
      // A base of our own registry is told by another name; then there is nothing to gain.
      return;
    }
  }

  /** Sends what is left, one destination after the other, and the manifests. */
  void finish(BuildResult result) throws InterruptedException {
    List<Publisher.Transfer> all;
    synchronized (this) {
      all = List.copyOf(transfers);
    }
    for (Publisher.Transfer transfer : all) {
      transfer.finish(result.image());
    }
  }

  @Override
  public void close() {
    List<Publisher.Transfer> all;
    synchronized (this) {
      all = List.copyOf(transfers);
      transfers.clear();
    }
    all.forEach(Publisher.Transfer::close);
  }

  /** A push as events of its build. */
  private record Events(BuildSink sink) implements PushListener {
    @Override
    public void moving(Descriptor blob, long bytes) {
      sink.event(new BuildEvent.Progress(0, "pushing " + blob.digest(), bytes, blob.size()));
    }

    @Override
    public void arrived(Descriptor blob, Arrival how) {
      String what =
          switch (how) {
            case SENT -> "pushing ";
            case PRESENT -> "already there: ";
            case MOUNTED -> "mounted: ";
          };
      sink.event(new BuildEvent.Progress(0, what + blob.digest(), blob.size(), blob.size()));
    }

    @Override
    public void retry(String what, String reason, int attempt) {
      sink.event(new BuildEvent.Retry(what, reason, attempt));
    }
  }
}
