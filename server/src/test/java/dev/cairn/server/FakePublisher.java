package dev.cairn.server;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.build.Outputs;
import dev.cairn.build.Publisher;
import dev.cairn.build.PushListener;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Reference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sends nothing anywhere, but knows what it was asked to send. */
public final class FakePublisher implements Publisher {
  /** What a push does. */
  @FunctionalInterface
  public interface Work {
    /** Tells the listener, waits or fails. */
    void run(Order order, Descriptor image, PushListener listener) throws InterruptedException;
  }

  private final List<Order> orders = new CopyOnWriteArrayList<>();
  private volatile Work work = FakePublisher::sent;

  /** What the next pushes do. */
  public void work(Work next) {
    this.work = next;
  }

  /** What was asked for so far. */
  public List<Order> orders() {
    return List.copyOf(orders);
  }

  private static void sent(Order order, Descriptor image, PushListener listener) {
    listener.moving(image, image.size());
    listener.arrived(image, PushListener.Arrival.SENT);
  }

  @Override
  public void check(Outputs.Destination to) {
    if (to.insecure()) {
      throw BuildException.of(FailureKind.INPUT, "push-insecure-refused")
          .remedy("leave it out")
          .sentence("insecure is refused");
    }
  }

  @Override
  public Transfer open(Order order, PushListener listener) {
    check(order.to());
    orders.add(order);
    return new Transfer() {
      @Override
      public void offer(Descriptor layer) {}

      @Override
      public void mayBeAt(Reference repository) {}

      @Override
      public void finish(Descriptor image) throws InterruptedException {
        work.run(order, image, listener);
      }

      @Override
      public void close() {}
    };
  }
}
