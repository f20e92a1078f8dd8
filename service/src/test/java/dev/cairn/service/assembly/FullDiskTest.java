package dev.cairn.service.assembly;

import static dev.cairn.service.assembly.ServiceFixture.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildState;
import dev.cairn.build.FailureKind;
import dev.cairn.build.WaitReason;
import dev.cairn.service.Build;
import dev.cairn.service.ServiceException;
import dev.cairn.service.TenantLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data directory on a real file system of 256 MiB that runs full. */
@Tag("slow")
class FullDiskTest {
  @TempDir Path directory;
  private Path disk;
  private ServiceFixture service;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    disk = Files.createDirectory(directory.resolve("disk"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", disk.toString()) == 0,
        "a file system cannot be mounted here; run the test as root");
    service =
        new ServiceFixture(disk, Database.SQLITE, new TenantLimits(50, 2, 1, 4, 1L << 30, 10));
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (service != null) {
      service.close();
      assertThat(run("umount", disk.toString())).isZero();
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Takes all space but so much. */
  private Path fill(long left) throws IOException {
    Path filler = Files.createTempFile(disk, "filler", "");
    var store = Files.getFileStore(disk);
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] piece = new byte[4 << 10];
      while (store.getUsableSpace() >= left + piece.length) {
        out.write(piece);
      }
    }
    return filler;
  }

  @Test
  void failsTheBuildThatFillsItAndGoesOnWhenThereIsSpace() throws Exception {
    service.start((job, sink) -> {
      if (job.request().labels().containsKey("fill")) {
        try {
          writeUntilFull();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    });
    BuildId filling = service.accept(ServiceFixture.labelled("fill", "yes"));
    Build failed = service.await(filling);
    assertThat(failed.failure())
        .hasValueSatisfying(failure -> {
          assertThat(failure.code()).isEqualTo("disk-full");
          assertThat(failure.kind()).isEqualTo(FailureKind.LIMIT);
          assertThat(failure.retryable()).isTrue();
        });
    assertThat(service.await(service.accept()).state()).isEqualTo(BuildState.READY);
  }

  private void writeUntilFull() throws IOException {
    var random = new Random(1);
    byte[] piece = new byte[1 << 20];
    try (var writer = service.blobs.writer()) {
      while (true) {
        random.nextBytes(piece);
        writer.write(piece);
      }
    }
  }

  @Test
  void keepsTheQueueRefusesUploadsAndRecovers() throws Exception {
    BuildId waiting = service.accept();
    var upload = service.service().blobs().begin(TENANT);
    Path filler = fill(8 << 20);
    service.start((job, sink) -> {});
    Thread.sleep(1500);
    assertThat(service.get(waiting).waiting())
        .hasValueSatisfying(place -> assertThat(place.reason()).isEqualTo(WaitReason.DISK));
    // There is still room to take something small on, but not for bytes.
    BuildId second = service.accept();
    full(() -> service.service().blobs().append(TENANT, upload.id(), 0, endless()));
    assertThat(service.service().blobs().find(TENANT, upload.id())).isEmpty();

    Path rest = fill(0);
    full(() -> service.accept());
    assertThat(service.service().builds().get(TENANT, waiting)).isPresent();
    Files.delete(rest);
    Files.delete(filler);
    assertThat(service.await(waiting).state()).isEqualTo(BuildState.READY);
    assertThat(service.await(second).state()).isEqualTo(BuildState.READY);
  }

  @Test
  void endsABuildWhenNothingIsLeftAtAll() throws Exception {
    var full = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    service.start((job, sink) -> {
      begun.countDown();
      full.await();
    });
    BuildId running = service.accept();
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    Path filler = fill(0);
    full.countDown();
    for (int i = 0; i < 300 && !service.get(running).state().isFinal(); i++) {
      Thread.sleep(50);
    }
    assertThat(service.get(running).state().isFinal()).isTrue();
    Files.delete(filler);
  }

  @Test
  void cutsAnUploadBeforeItTakesTheReserve() throws Exception {
    var upload = service.service().blobs().begin(TENANT);
    full(() -> service.service().blobs().append(TENANT, upload.id(), 0, endless()));
    try (var left = Files.list(disk.resolve("blobs/uploads"))) {
      assertThat(left).isEmpty();
    }
    assertThat(Files.getFileStore(disk).getUsableSpace()).isGreaterThan(200L << 20);
    service.start((job, sink) -> {});
    assertThat(service.await(service.accept()).state()).isEqualTo(BuildState.READY);
  }

  @Test
  void finishesABuildThatEndsWhileThereIsNoByteLeft() throws Exception {
    var filled = new java.util.concurrent.CountDownLatch(1);
    var begun = new java.util.concurrent.CountDownLatch(1);
    service.start((job, sink) -> {
      if (job.request().labels().containsKey("fill")) {
        begun.countDown();
        filled.await();
      }
    });
    BuildId id = service.accept(ServiceFixture.labelled("fill", "yes"));
    begun.await();
    Path filler = fill(0);
    filled.countDown();
    Thread.sleep(2500);
    Files.delete(filler);
    Build end = service.await(id);
    assertThat(end.state()).isEqualTo(BuildState.FAILED);
    assertThat(end.failure().orElseThrow().code()).isEqualTo("disk-full");
    assertThat(service.states(id).getLast()).isEqualTo(BuildState.FAILED);
  }

  private static InputStream endless() {
    return new InputStream() {
      @Override
      public int read() {
        return 1;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) {
        return length;
      }
    };
  }

  private static void full(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("disk-full"));
  }
}
