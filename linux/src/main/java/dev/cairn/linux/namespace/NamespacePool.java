package dev.cairn.linux.namespace;

import dev.cairn.linux.sys.NetworkCalls;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * Namespaces with nothing but a loopback, made before a step asks for them: making a pair takes
 * longer than starting a container in it. What is taken belongs to the taker.
 */
public final class NamespacePool implements AutoCloseable {
  private static final long PAUSE_NANOS = 40_000_000;

  private final NamespaceMaker maker;
  private final int ready;
  private final Deque<StepNamespaces> waiting = new ArrayDeque<>();
  private int making;
  private boolean closed;

  /** Keeps up to {@code ready} of them waiting, from the first that is taken on. */
  public NamespacePool(NamespaceMaker maker, int ready) {
    this.maker = maker;
    this.ready = ready;
  }

  /** One that waits, or a new one if none does. */
  public StepNamespaces take() throws IOException {
    StepNamespaces taken;
    synchronized (this) {
      if (closed) {
        throw new IOException("the sandbox is closed");
      }
      taken = waiting.poll();
    }
    try {
      return taken == null ? make() : taken;
    } finally {
      refill();
    }
  }

  private StepNamespaces make() throws IOException {
    var made = maker.make();
    try {
      NetworkCalls.raiseLoopback(made.network());
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  private synchronized void refill() {
    for (; !closed && waiting.size() + making < ready; making++) {
      Thread.ofVirtual().name("namespaces").start(this::makeOneMore);
    }
  }

  private void makeOneMore() {
    StepNamespaces made = null;
    try {
      // Not while the runtime starts the step that has just taken one.
      LockSupport.parkNanos(PAUSE_NANOS);
      made = make();
    } catch (IOException e) {
      // The next step tries again itself and says why it cannot.
    }
    synchronized (this) {
      making--;
      if (made != null && !closed) {
        waiting.add(made);
        made = null;
      }
    }
    if (made != null) {
      made.close();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    waiting.forEach(StepNamespaces::close);
    waiting.clear();
  }
}
