package dev.cairn.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.cairn.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Calls inside another network namespace, each on a thread that ends with it. */
public final class NetworkCalls {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM_CLOEXEC = 02000002;
  private static final int SIOCGIFFLAGS = 0x8913;
  private static final int SIOCSIFFLAGS = 0x8914;
  private static final short IFF_UP = 1;
  private static final int NAME_BYTES = 16;

  private NetworkCalls() {}

  /** Switches the loopback of a new namespace on, as netdevice(7) has it. */
  public static void raiseLoopback(Fd network) throws IOException {
    var done = new CompletableFuture<Boolean>();
    // A thread cannot be trusted to find its way back: this one has nothing else to do.
    Thread.ofPlatform()
        .daemon()
        .name("network")
        .start(() -> {
          try {
            raise(network);
            done.complete(true);
          } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    try {
      done.join();
    } catch (CompletionException e) {
      throw new IOException("a new network has no loopback: " + e.getCause(), e);
    }
  }

  private static void raise(Fd network) throws LinuxException {
    try (var frame = new Frame()) {
      frame.must(SystemCall.SETNS, "network", network.number(), CLONE_NEWNET, 0, 0, 0);
      long socket = frame.must(SystemCall.SOCKET, "loopback", AF_INET, SOCK_DGRAM_CLOEXEC, 0, 0, 0);
      try (var _ = new Fd((int) socket)) {
        var request = frame.memory(40);
        byte[] name = "lo".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < name.length; i++) {
          request.set(JAVA_BYTE, i, name[i]);
        }
        frame.must(SystemCall.IOCTL, "lo", socket, SIOCGIFFLAGS, request.address(), 0, 0);
        request.set(JAVA_SHORT, NAME_BYTES, (short) (request.get(JAVA_SHORT, NAME_BYTES) | IFF_UP));
        frame.must(SystemCall.IOCTL, "lo", socket, SIOCSIFFLAGS, request.address(), 0, 0);
      }
    }
  }
}
