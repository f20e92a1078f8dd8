package dev.cairn.linux.sys;

import dev.cairn.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Work in another network namespace. */
public final class NamespaceCalls {
  private static final int CLONE_NEWNET = 0x40000000;

  private NamespaceCalls() {}

  private record Outcome<T>(Optional<T> value, Optional<IOException> failure) {}

  /**
   * Does the work on a thread of its own that has entered the network namespace, and ends with it:
   * a namespace belongs to a thread (setns(2)), and no other work must ever find itself there.
   * Sockets that are opened stay in the namespace whichever thread uses them later.
   */
  public static <T> T inNetwork(Path namespace, KernelThreads.Work<T> work) throws IOException {
    var done = new CompletableFuture<Outcome<T>>();
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("network-namespace")
            .start(() -> {
              try (var target = FileCalls.open(namespace.toString(), 0)) {
                enter(target, namespace);
                done.complete(new Outcome<>(Optional.of(work.run()), Optional.empty()));
              } catch (IOException e) {
                done.complete(new Outcome<>(Optional.empty(), Optional.of(e)));
              } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
              }
            });
    var outcome = done.join();
    if (outcome.failure().isPresent()) {
      throw outcome.failure().get();
    }
    return outcome.value().orElseThrow();
  }

  private static void enter(Fd namespace, Path path) throws LinuxException {
    try (var frame = new Frame()) {
      frame.must(SystemCall.SETNS, path.toString(), namespace.number(), CLONE_NEWNET, 0, 0, 0);
    }
  }
}
