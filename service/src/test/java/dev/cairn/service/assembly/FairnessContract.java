package dev.cairn.service.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.TenantId;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tenants side by side, on any database. Threat 19. */
abstract class FairnessContract {
  private static final TenantLimits WIDE = new TenantLimits(1000, 100, 1, 4, 1 << 20, 10);

  @TempDir Path directory;
  private ServiceFixture service;

  abstract Database database();

  @BeforeEach
  void open() throws IOException {
    service = new ServiceFixture(directory, database(), WIDE);
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  private BuildId accept(TenantId tenant) {
    return service.accept(ServiceFixture.of(tenant));
  }

  /** Builds that say whose they are and then wait to be let go. */
  private List<TenantId> startCounting(Semaphore go) {
    var started = new CopyOnWriteArrayList<TenantId>();
    service.start((job, sink) -> {
      synchronized (started) {
        started.add(job.tenant());
        started.notifyAll();
      }
      go.acquire();
    });
    return started;
  }

  private static void awaitStarts(List<TenantId> started, int number) throws InterruptedException {
    synchronized (started) {
      while (started.size() < number) {
        started.wait();
      }
    }
  }

  @Test
  @Timeout(120)
  void startsALateTenantsOneBuildAmongTheNextTwo() throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      accept(ServiceFixture.TENANT);
    }
    var go = new Semaphore(0);
    List<TenantId> started = startCounting(go);
    go.release(10);
    awaitStarts(started, 12);

    BuildId late = accept(ServiceFixture.OTHER);
    go.release(2);
    awaitStarts(started, 14);
    assertThat(started.subList(12, 14)).contains(ServiceFixture.OTHER);

    go.release(1000);
    assertThat(service.await(ServiceFixture.OTHER, late).state()).isEqualTo(BuildState.READY);
  }

  @Test
  @Timeout(60)
  void letsATenantInThoughAnothersBuildsTakeAllPlacesForHours() throws InterruptedException {
    var others = new CountDownLatch(2);
    service.start((job, sink) -> {
      if (job.tenant().equals(ServiceFixture.TENANT)) {
        others.countDown();
        Thread.sleep(Duration.ofHours(1));
      }
    });
    for (int i = 0; i < 5; i++) {
      accept(ServiceFixture.TENANT);
    }
    others.await();
    BuildId id = accept(ServiceFixture.OTHER);
    assertThat(service.await(ServiceFixture.OTHER, id).state()).isEqualTo(BuildState.READY);
    // The places that it did not need stay the usual number.
    assertThat(service.service().builds().queue().running()).isEqualTo(2);
  }

  @Test
  @Tag("slow")
  @Timeout(300)
  void startsFourHundredBuildsInTheRatioOfTheWeights() throws InterruptedException {
    service
        .service()
        .tenants()
        .setLimits(ServiceFixture.TENANT, new TenantLimits(1000, 100, 3, 4, 1 << 20, 10));
    for (int i = 0; i < 330; i++) {
      accept(ServiceFixture.OTHER);
      accept(ServiceFixture.TENANT);
    }
    var go = new Semaphore(1000);
    List<TenantId> started = startCounting(go);
    awaitStarts(started, 400);
    long heavy = started.subList(0, 400).stream().filter(ServiceFixture.TENANT::equals).count();
    assertThat(heavy).isBetween(270L, 330L);
  }

  @Test
  @Timeout(120)
  void holdsTheQuotaAgainstSixtyFourRacingSubmittersOfEachTenant() throws InterruptedException {
    var limits = new TenantLimits(30, 2, 1, 4, 1 << 20, 10);
    var tenants = List.of(ServiceFixture.TENANT, ServiceFixture.OTHER);
    tenants.forEach(tenant -> service.service().tenants().setLimits(tenant, limits));
    var ids = new CopyOnWriteArrayList<BuildId>();
    var refused = new AtomicInteger();
    var ready = new CountDownLatch(128);
    var others = new ArrayList<Throwable>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 128; i++) {
        TenantId tenant = tenants.get(i % 2);
        threads.execute(() -> {
          try {
            ready.countDown();
            ready.await();
            ids.add(accept(tenant));
          } catch (ServiceException e) {
            assertThat(e.kind()).isEqualTo(ServiceException.Kind.QUOTA);
            refused.incrementAndGet();
          } catch (InterruptedException | RuntimeException e) {
            synchronized (others) {
              others.add(e);
            }
          }
        });
      }
    }
    assertThat(others).isEmpty();
    assertThat(refused).hasValue(128 - 2 * 30);
    assertThat(new HashSet<>(ids)).hasSize(2 * 30);
    assertThat(service.service().builds().queue().waiting()).isEqualTo(2 * 30);
  }
}
