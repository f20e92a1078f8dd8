package dev.cairn.content.compress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.content.tar.TarSink;
import dev.cairn.content.tar.TarWriter;
import dev.cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentedCompressorTest {

  @TempDir Path directory;
  private LocalBlobStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = new LocalBlobStore(directory.resolve("store"));
  }

  /** 600 small files of text, of which one may differ, and a big one that does not shrink. */
  private static void write(TarSink sink, int changed) throws IOException {
    var tar = new TarWriter(sink, false);
    var random = new Random(7);
    for (int i = 0; i < 600; i++) {
      byte[] text =
          ("line " + random.nextInt(1000) + "\n")
              .repeat(600 + i)
              .getBytes(StandardCharsets.US_ASCII);
      if (i == changed) {
        text[0] = 'X';
      }
      tar.add(
          TarEntry.file("src/f" + i, Attributes.of(0644), text.length),
          new ByteArrayInputStream(text));
    }
    byte[] noise = new byte[5 << 20];
    random.nextBytes(noise);
    tar.add(
        TarEntry.file("noise", Attributes.of(0644), noise.length), new ByteArrayInputStream(noise));
    tar.finish();
  }

  private CompressedTar compress(CompressorId id, int threads, SegmentCache cache, int changed)
      throws IOException {
    try (var pool = new CompressionPool(threads);
        var compressor = new SegmentedCompressor(id, pool, cache, store.writer())) {
      write(compressor, changed);
      return compressor.finish();
    }
  }

  @Test
  void givesTheSameBytesWhateverTheThreads() throws IOException {
    var tar = new ByteArrayOutputStream();
    write(TarSink.of(tar), -1);
    for (var id :
        new CompressorId[] {CompressorId.gzip(1), CompressorId.zstd(3), CompressorId.NONE}) {
      var one = compress(id, 1, SegmentCache.NONE, -1);
      assertThat(compress(id, 4, SegmentCache.NONE, -1)).isEqualTo(one);
      assertThat(one.diffId()).isEqualTo(Digest.sha256(tar.toByteArray()));
      assertThat(one.uncompressedSize()).isEqualTo(tar.size());
      try (var in = Decompression.open(store.open(one.blob().digest()), ArchiveLimits.DEFAULT)) {
        assertThat(in.readAllBytes()).isEqualTo(tar.toByteArray());
      }
      assertThat(one.segments().starts()).hasSizeGreaterThan(5);
    }
  }

  @Test
  void canBeReadFromEachSegment() throws IOException {
    var tar = new ByteArrayOutputStream();
    write(TarSink.of(tar), -1);
    var done = compress(CompressorId.gzip(1), 2, SegmentCache.NONE, -1);
    for (var start : done.segments().starts()) {
      try (var channel = store.channel(done.blob().digest())) {
        channel.position(start.blobOffset());
        try (var in =
            Decompression.open(
                java.nio.channels.Channels.newInputStream(channel),
                Compression.GZIP,
                ArchiveLimits.DEFAULT)) {
          int at = (int) start.tarOffset();
          assertThat(in.readNBytes(512))
              .isEqualTo(java.util.Arrays.copyOfRange(tar.toByteArray(), at, at + 512));
        }
      }
    }
  }

  @Test
  void compressesOnlyTheChangedSegmentAgain() throws IOException {
    var compressed = new AtomicInteger();
    var local = new LocalSegmentCache(directory.resolve("cache"), 1L << 30).scope("tenant");
    var counting =
        new SegmentCache() {
          @Override
          public Optional<byte[]> get(Digest tar, CompressorId compressor) {
            return local.get(tar, compressor);
          }

          @Override
          public void put(Digest tar, CompressorId compressor, byte[] bytes) {
            compressed.incrementAndGet();
            local.put(tar, compressor, bytes);
          }
        };
    var first = compress(CompressorId.gzip(6), 2, counting, -1);
    assertThat(compressed.getAndSet(0)).isGreaterThan(3);
    var second = compress(CompressorId.gzip(6), 2, counting, 300);
    assertThat(compressed.getAndSet(0)).isEqualTo(1);
    assertThat(second.blob()).isNotEqualTo(first.blob());
    assertThat(compress(CompressorId.gzip(6), 2, counting, -1)).isEqualTo(first);
    assertThat(compressed).hasValue(0);
  }

  @Test
  void storesWhatDoesNotShrink() throws IOException {
    var done = compress(CompressorId.zstd(3), 2, SegmentCache.NONE, -1);
    assertThat(done.blob().size()).isBetween(5L << 20, (5L << 20) + (1 << 20));
  }

  @Test
  void makesAnEmptyTarAValidBlob() throws IOException {
    for (var id : new CompressorId[] {CompressorId.gzip(6), CompressorId.zstd(3)}) {
      try (var pool = new CompressionPool(1);
          var compressor = new SegmentedCompressor(id, pool, SegmentCache.NONE, store.writer())) {
        var done = compressor.finish();
        try (var in = Decompression.open(store.open(done.blob().digest()), ArchiveLimits.DEFAULT)) {
          assertThat(in.readAllBytes()).isEmpty();
        }
      }
    }
  }
}
