package dev.cairn.content.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.content.ArchiveLimits;
import dev.cairn.content.Attributes;
import dev.cairn.content.ContentException;
import dev.cairn.content.LimitExceededException;
import dev.cairn.content.blob.DigestMismatchException;
import dev.cairn.content.blob.LocalBlobStore;
import dev.cairn.content.compress.CompressionPool;
import dev.cairn.content.tar.TarEntry;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import dev.cairn.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerTest {

  @TempDir Path directory;
  private LocalBlobStore store;
  private LayerReader reader;

  @BeforeEach
  void openStore() throws IOException {
    store = new LocalBlobStore(directory);
    reader = new LayerReader(store, ArchiveLimits.DEFAULT);
  }

  private Layer written() throws IOException {
    byte[] passwd = "root:x:0:0".getBytes(StandardCharsets.US_ASCII);
    byte[] big = new byte[3 << 20];
    try (var pool = new CompressionPool(2);
        var writer = new LayerWriter(store, LayerFixture.settings(pool))) {
      writer.add(TarEntry.directory("etc", Attributes.of(0755)));
      writer.add(
          TarEntry.file("etc/passwd", Attributes.of(0644), passwd.length),
          new ByteArrayInputStream(passwd));
      writer.add(
          TarEntry.file("big", Attributes.of(0644), big.length),
          Digest.sha256(big),
          new ByteArrayInputStream(big));
      writer.add(TarEntry.hardLink("also", Attributes.of(0644), "big"));
      writer.whiteout("usr/bin/gone");
      writer.opaque("var");
      return writer.finish();
    }
  }

  private static byte[] bytes(LayerIndex index) throws IOException {
    var out = new ByteArrayOutputStream();
    index.write(out);
    return out.toByteArray();
  }

  @Test
  void hasTheSameIndexWrittenReadAndKept() throws IOException {
    var layer = written();
    var read = reader.read(layer.blob().digest(), Optional.of(layer.diffId()), LayerSink.NONE);
    assertThat(bytes(read.index())).isEqualTo(bytes(layer.index()));
    var again =
        LayerIndex.read(new ByteArrayInputStream(bytes(layer.index())), ArchiveLimits.DEFAULT);
    assertThat(bytes(again)).isEqualTo(bytes(layer.index()));
    assertThat(again.whiteouts()).containsExactly("usr/bin/gone");
    assertThat(again.opaques()).containsExactly("var");
    assertThat(again.implied()).containsExactly("usr", "usr/bin", "var");
    assertThat(again.kept("etc/passwd")).isPresent();
    assertThat(read.uncompressedSize()).isEqualTo(layer.uncompressedSize());
    assertThat(layer.descriptor().mediaType()).isEqualTo(MediaType.OCI_LAYER_GZIP);
    try (var view = MergedView.of(List.of(layer), store);
        var in = view.open(view.lookup("big").orElseThrow())) {
      assertThat(in.readAllBytes()).isEqualTo(new byte[3 << 20]);
    }
  }

  @Test
  void storesAPulledLayerOnlyIfAllOfItIsAsPromised() throws IOException {
    byte[] tar = LayerFixture.tar(List.of("a=1"));
    var expected = Descriptor.of(MediaType.OCI_LAYER, tar);
    var wrongDiff = Optional.of(Digest.sha256(new byte[1]));
    var longer = Descriptor.of(MediaType.OCI_LAYER, expected.digest(), tar.length + 1);
    var shorter = Descriptor.of(MediaType.OCI_LAYER, expected.digest(), tar.length - 1);
    var other = Descriptor.of(MediaType.OCI_LAYER, wrongDiff.get(), tar.length);
    assertPullFails(tar, expected, wrongDiff, DigestMismatchException.class);
    assertPullFails(tar, longer, Optional.empty(), DigestMismatchException.class);
    assertPullFails(tar, shorter, Optional.empty(), LimitExceededException.class);
    assertPullFails(tar, other, Optional.empty(), DigestMismatchException.class);
    assertThat(store.has(expected.digest())).isFalse();
    var layer =
        reader.store(
            new ByteArrayInputStream(tar),
            expected,
            Optional.of(expected.digest()),
            LayerSink.NONE);
    assertThat(store.has(layer.blob().digest())).isTrue();
  }

  private void assertPullFails(
      byte[] tar, Descriptor expected, Optional<Digest> diffId, Class<?> error) {
    assertThatThrownBy(
            () -> reader.store(new ByteArrayInputStream(tar), expected, diffId, LayerSink.NONE))
        .isInstanceOf(error);
  }

  @Test
  void refusesADamagedIndex() throws IOException {
    byte[] good = bytes(written().index());
    for (int i = 0; i < good.length; i += 7) {
      byte[] damaged = good.clone();
      damaged[i] ^= 0x55;
      try {
        LayerIndex.read(new ByteArrayInputStream(damaged), ArchiveLimits.DEFAULT);
      } catch (ContentException _) {
        // Refused; some bits, such as a time, may change unnoticed.
      }
    }
    assertThatThrownBy(() ->
            LayerIndex.read(
                new ByteArrayInputStream(new byte[] {1, 2, 3, 4, 5, 6}), ArchiveLimits.DEFAULT))
        .isInstanceOf(ContentException.class);
  }
}
