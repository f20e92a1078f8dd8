package dev.cairn.content.tar;

import com.github.luben.zstd.Zstd;
import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.EntryPath;
import dev.cairn.content.Xattrs;
import dev.cairn.content.compress.Decompression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Damaged archives end with an error of ours or are read; nothing else, and not slowly. */
class TarReaderFuzzTest {

  /** Of the processor, which does not depend on what else the machine does. */
  private static final long SLOW_NANOS = 1_000_000_000;

  private static final ArchiveLimits LIMITS = new ArchiveLimits(1 << 22, 1000, 50, 1000, 100);

  @Test
  void survivesDamagedArchives() throws IOException {
    long seed = Long.getLong("cairn.fuzz.seed", System.nanoTime());
    double seconds = Double.parseDouble(System.getProperty("cairn.fuzz.seconds", "1"));
    System.out.println("archive fuzz seed " + seed);
    var random = new Random(seed);
    var threads = ManagementFactory.getThreadMXBean();
    byte[] tar = sample();
    byte[][] samples = {tar, gzip(tar), Zstd.compress(tar)};
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int round = 0; System.nanoTime() < end; round++) {
      byte[] damaged = damage(samples[random.nextInt(samples.length)], random);
      long start = threads.getCurrentThreadCpuTime();
      try {
        read(damaged);
      } catch (ContentException _) {
        // Refused, as it should be.
      } catch (IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
      if (threads.getCurrentThreadCpuTime() - start > SLOW_NANOS) {
        throw new AssertionError("slow with seed " + seed + ", round " + round);
      }
    }
  }

  private static void read(byte[] archive) throws IOException {
    try (var plain = Decompression.open(new ByteArrayInputStream(archive), LIMITS)) {
      var reader = new TarReader(plain, LIMITS);
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        EntryPath.normalise(next.get().path(), LIMITS);
        reader.content().transferTo(OutputStream.nullOutputStream());
      }
      reader.drain();
    }
  }

  private static byte[] damage(byte[] archive, Random random) {
    byte[] copy = archive.clone();
    for (int i = random.nextInt(8); i >= 0; i--) {
      int at = random.nextInt(copy.length);
      switch (random.nextInt(5)) {
        case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> copy[at] = (byte) random.nextInt(256);
        case 2 -> copy = Arrays.copyOf(copy, Math.max(1, at));
        case 3 -> {
          int length = Math.min(random.nextInt(600), copy.length - at);
          System.arraycopy(copy, random.nextInt(copy.length - length + 1), copy, at, length);
        }
        default -> mendChecksum(copy, at);
      }
    }
    return copy;
  }

  /** Damage inside a header only matters if the checksum is right. */
  private static void mendChecksum(byte[] tar, int near) {
    int header = near / 512 * 512;
    if (header + 512 <= tar.length) {
      tar[header + TarFormat.TYPE] = (byte) "0123456xgLKS".charAt(near % 12);
      byte[] sum =
          String.format("%06o\0 ", TarFormat.checksum(tar, header))
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      System.arraycopy(sum, 0, tar, header + TarFormat.CHECKSUM, 8);
    }
  }

  private static byte[] sample() throws IOException {
    var attributes = Attributes.of(0644).withMtime(-1, 5);
    var xattrs = Xattrs.of(Map.of("user.a", new byte[] {1}));
    return TarWriterTest.tar(
        true,
        TarEntry.directory("d", attributes),
        TarEntry.file("d/" + "é".repeat(80), attributes.withXattrs(xattrs), 700),
        TarEntry.symlink("s", attributes, "x".repeat(150)),
        TarEntry.hardLink("h", attributes, "s"));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
