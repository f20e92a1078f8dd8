package dev.cairn.app.context;

import dev.cairn.content.FileType;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Hashes the files of a context on all cores. */
final class FileDigests {
  private static final int REPORT_EVERY = 500;

  private FileDigests() {}

  /** The digest of each file, by path. */
  static Map<String, Digest> of(ContextFiles files, UploadProgress progress)
      throws IOException, InterruptedException {
    List<TarEntry> regular =
        files.entries().stream().filter(entry -> entry.type() == FileType.FILE).toList();
    var next = new AtomicInteger();
    var done = new AtomicLong();
    int workers = Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), 16));
    try (var pool = Executors.newFixedThreadPool(workers)) {
      List<Future<Map<String, Digest>>> parts = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        parts.add(
            pool.submit(() -> {
              Map<String, Digest> part = new HashMap<>();
              for (int n = next.getAndIncrement(); n < regular.size(); n = next.getAndIncrement()) {
                TarEntry file = regular.get(n);
                part.put(file.path(), files.digest(file));
                long so = done.incrementAndGet();
                if (so % REPORT_EVERY == 0 || so == regular.size()) {
                  progress.report("hash files", so, regular.size());
                }
              }
              return part;
            }));
      }
      Map<String, Digest> digests = new HashMap<>();
      for (var part : parts) {
        digests.putAll(result(part));
      }
      return digests;
    }
  }

  private static Map<String, Digest> result(Future<Map<String, Digest>> part)
      throws IOException, InterruptedException {
    try {
      return part.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException broken) {
        throw new IOException("the context cannot be read: " + broken.getMessage(), broken);
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
