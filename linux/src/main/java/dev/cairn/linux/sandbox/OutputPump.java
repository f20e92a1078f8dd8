package dev.cairn.linux.sandbox;

import dev.cairn.linux.LinuxException;
import dev.cairn.linux.sys.Fd;
import dev.cairn.linux.sys.FileCalls;
import dev.cairn.linux.sys.NativeBuffer;
import dev.cairn.linux.sys.ProcessCalls;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Carries a step's two pipes to its sinks on one platform thread. It never waits for a reader that
 * cannot be stopped: after the step's end it takes what is in the pipes and leaves, even if some
 * process still holds them open.
 */
final class OutputPump implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final long GRACE_NANOS = 300_000_000;

  private final ProcessCalls.Pipe standard;
  private final ProcessCalls.Pipe error;
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();
  private volatile boolean ended;
  private volatile boolean dropped;

  OutputPump() throws LinuxException {
    standard = ProcessCalls.pipe();
    error = ProcessCalls.pipe();
  }

  /** Lets a step open its output again by a name such as /dev/stdout. */
  void belongTo(int uid, int gid) throws LinuxException {
    FileCalls.chown(standard.write(), "", uid, gid);
    FileCalls.chown(error.write(), "", uid, gid);
  }

  /** Files to give to the process as its standard output and error. */
  File standardOutput() {
    return new File(standard.write().path());
  }

  File standardError() {
    return new File(error.write().path());
  }

  /** Begins, after the process was started and holds the writing ends. */
  void start(OutputSink out, OutputSink err) {
    standard.write().close();
    error.write().close();
    Thread.ofPlatform()
        .daemon()
        .name("step-output")
        .start(() -> {
          try {
            pump(List.of(standard.read(), error.read()), List.of(out, err));
            done.complete(true);
          } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
          } finally {
            standard.read().close();
            error.read().close();
          }
        });
  }

  private void pump(List<Fd> files, List<OutputSink> sinks) throws IOException {
    var open = new ArrayList<>(files);
    var to = new ArrayList<>(sinks);
    byte[] bytes = new byte[32 * 1024];
    long quietSince = 0;
    try (var buffer = new NativeBuffer(bytes.length)) {
      while (!open.isEmpty()) {
        boolean last = ended;
        var ready = ProcessCalls.waitReadable(open, last ? Duration.ofMillis(20) : TICK);
        boolean any = false;
        for (int i = ready.length - 1; i >= 0; i--) {
          if (ready[i]) {
            any = true;
            int n = buffer.read(open.get(i), bytes, 0, bytes.length);
            if (n == 0) {
              open.remove(i);
              to.remove(i);
            } else if (!dropped) {
              to.get(i).write(bytes, n);
            }
          }
        }
        if (last && !any) {
          quietSince = quietSince == 0 ? System.nanoTime() : quietSince;
          if (System.nanoTime() - quietSince > GRACE_NANOS) {
            return;
          }
        }
        if (dropped && last) {
          return;
        }
      }
    }
  }

  /** Completes when all output was handed on, or fails with the sink's failure. */
  CompletableFuture<Boolean> done() {
    return done;
  }

  /** The step is over: take what is left, then finish. */
  void processEnded() {
    ended = true;
  }

  /** Nobody wants the rest any more. */
  void drop() {
    dropped = true;
    ended = true;
  }

  /** For a pump whose process never started. */
  @Override
  public void close() {
    standard.close();
    error.close();
  }
}
