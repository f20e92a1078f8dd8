package dev.cairn.content.compress;

import dev.cairn.content.blob.BlobWriter;
import dev.cairn.content.tar.TarSink;
import dev.cairn.oci.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Compresses a tar in segments on all cores while it is written. Each segment is a gzip member or a
 * zstd frame of its own, cut by the tar alone, so the bytes do not depend on cores or load and a
 * small change makes only its own segment anew. One pass: the tar is hashed once for its diffID,
 * the compressed bytes once for their digest. Memory: at most two more segments than the pool has
 * threads, of at most 4 MiB. Used by one thread.
 */
public final class SegmentedCompressor implements TarSink, AutoCloseable {

  private static final int FIRST_BUFFER = 1 << 16;

  private final CompressionPool pool;
  private final SegmentWork work;
  private final BlobWriter out;
  private final SegmentCutter cutter = new SegmentCutter();
  private final SegmentTable.Builder table = new SegmentTable.Builder();
  private final Digest.Hasher diffId = Digest.newHasher();
  private final ArrayDeque<Future<SegmentWork.Done>> running = new ArrayDeque<>();
  private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
  private byte[] current = new byte[FIRST_BUFFER];
  private int length;
  private long entrySize;
  private long written;

  /** Compresses into the blob, which this object commits or closes. */
  public SegmentedCompressor(
      CompressorId id, CompressionPool pool, SegmentCache cache, BlobWriter out) {
    this.pool = pool;
    this.work = new SegmentWork(id, cache);
    this.out = out;
  }

  @Override
  public void entry(String path, long size) throws IOException {
    if (cutter.beforeEntry(length, path, size)) {
      cut();
    }
    entrySize = size;
  }

  @Override
  public void content() throws IOException {
    if (cutter.beforeContent(entrySize) && length > 0) {
      cut();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    diffId.update(bytes, offset, count);
    int from = offset;
    int left = count;
    while (left > 0) {
      if (length == SegmentCutter.MAX) {
        cut();
      }
      int part = Math.min(left, SegmentCutter.MAX - length);
      reserve(length + part);
      System.arraycopy(bytes, from, current, length, part);
      length += part;
      from += part;
      left -= part;
    }
  }

  /** Ends the tar, waits for the last segments and commits the blob. */
  public CompressedTar finish() throws IOException {
    if (length > 0 || diffId.size() == 0) {
      cut();
    }
    while (!running.isEmpty()) {
      drainOne();
    }
    long size = diffId.size();
    return new CompressedTar(out.commit(), diffId.finish(), size, table.build());
  }

  /** Gives up what is not finished. */
  @Override
  public void close() throws IOException {
    running.forEach(future -> future.cancel(true));
    running.clear();
    out.close();
  }

  private void reserve(int needed) {
    if (needed > current.length) {
      int size = Math.min(SegmentCutter.MAX, Math.max(needed, current.length * 4));
      current = Arrays.copyOf(current, size);
    }
  }

  private void cut() throws IOException {
    byte[] bytes = current;
    int count = length;
    running.add(pool.submit(() -> work.run(bytes, count)));
    while (running.size() > pool.threads() + 2 || (!running.isEmpty() && running.peek().isDone())) {
      drainOne();
    }
    byte[] reused = spare.poll();
    current = reused == null ? new byte[FIRST_BUFFER] : reused;
    length = 0;
  }

  private void drainOne() throws IOException {
    try {
      var done = running.remove().get();
      table.add(written, out.size());
      out.write(done.compressed(), 0, done.compressed().length);
      written += done.length();
      spare.add(done.buffer());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a layer was compressed");
    } catch (ExecutionException e) {
      throw new IOException("compressing a layer failed: " + e.getCause(), e.getCause());
    }
  }
}
