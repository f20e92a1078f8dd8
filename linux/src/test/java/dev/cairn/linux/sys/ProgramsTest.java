package dev.cairn.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProgramsTest {
  private final CountDownLatch over = new CountDownLatch(1);

  /** The common pool is busy with work that waits for what the test does. */
  @BeforeEach
  void occupyTheCommonPool() {
    var pool = ForkJoinPool.commonPool();
    for (int i = 0; i < Math.max(1, pool.getParallelism()); i++) {
      pool.execute(() -> {
        try {
          over.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }
  }

  @AfterEach
  void freeIt() {
    over.countDown();
  }

  @Test
  void waitsForAnEndWithoutTheCommonPool() throws Exception {
    var program = new ProcessBuilder("/bin/sh", "-c", "exit 3").start();
    assertThat(Programs.awaitEnd(program)).isEqualTo(3);
    assertThat(Programs.end(program).get(20, TimeUnit.SECONDS)).isEqualTo(3);
  }

  @Test
  void killsWhatTakesTooLongWithoutTheCommonPool() throws Exception {
    var program = new ProcessBuilder("/bin/sleep", "1000").start();
    Programs.limit(program, Duration.ofMillis(50));
    assertThat(Programs.awaitEnd(program)).isEqualTo(137);
  }

  @Test
  void handsAnInterruptOn() throws Exception {
    var program = new ProcessBuilder("/bin/sleep", "0.2").start();
    Thread.currentThread().interrupt();
    assertThat(Programs.awaitEnd(program)).isZero();
    assertThat(Thread.interrupted()).isTrue();
  }
}
