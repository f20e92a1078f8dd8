package dev.cairn.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.TenantId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PermitsTest {
  private static final TenantId MANY = new TenantId("many");
  private static final TenantId FEW = new TenantId("few");

  private final Permits permits = new Permits(2);
  private final List<TenantId> order = new CopyOnWriteArrayList<>();

  /** Waits for a place, notes whose it was, and gives it back. */
  private Thread taking(TenantId tenant) throws InterruptedException {
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try (var _ = permits.take(tenant)) {
                order.add(tenant);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    while (thread.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    return thread;
  }

  @Test
  @Timeout(20)
  void givesTheNextPlaceToWhoHasTheFewest() throws InterruptedException {
    var first = permits.take(MANY);
    var second = permits.take(MANY);
    var threads = new java.util.ArrayList<Thread>();
    for (int i = 0; i < 20; i++) {
      threads.add(taking(MANY));
    }
    threads.add(taking(FEW));
    first.close();
    for (Thread thread : threads) {
      thread.join();
    }
    second.close();
    assertThat(order).hasSize(21);
    assertThat(order.getFirst()).isEqualTo(FEW);
  }

  @Test
  @Timeout(20)
  void losesNoPlaceToOneWhoStoppedWaiting() throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      var first = permits.take(MANY);
      var second = permits.take(FEW);
      var waiting = taking(MANY);
      var go = new CountDownLatch(1);
      var freeing =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                first.close();
              });
      go.countDown();
      waiting.interrupt();
      waiting.join();
      freeing.join();
      second.close();
    }
    try (var _ = permits.take(MANY);
        var _ = permits.take(FEW)) {
      assertThat(order.size()).isLessThanOrEqualTo(200);
    }
  }
}
