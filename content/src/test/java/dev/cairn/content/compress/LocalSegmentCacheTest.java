package dev.cairn.content.compress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSegmentCacheTest {
  private static final CompressorId GZIP = CompressorId.gzip(1);

  @TempDir Path directory;

  private static Digest digest(int number) {
    return Digest.sha256(Integer.toString(number).getBytes(StandardCharsets.UTF_8));
  }

  // Threat 7: what a tenant has compressed makes nobody else's build quicker.
  @Test
  void keepsScopesApart() throws IOException {
    var cache = new LocalSegmentCache(directory, 1 << 20);
    cache.scope("acme").put(digest(1), GZIP, new byte[100]);
    assertThat(cache.scope("acme").get(digest(1), GZIP)).isPresent();
    assertThat(cache.scope("other").get(digest(1), GZIP)).isEmpty();
  }

  @Test
  void trimsToAShareAndPlansWithoutRemoving() throws IOException {
    var cache = new LocalSegmentCache(directory, 4 << 20);
    SegmentCache acme = cache.scope("acme");
    for (int n = 0; n < 100; n++) {
      acme.put(digest(n), GZIP, new byte[1000]);
    }
    assertThat(cache.trim(1, true).count()).isZero();
    var plan = cache.trim(0, true);
    assertThat(plan.count()).isEqualTo(100);
    assertThat(plan.bytes()).isGreaterThan(100_000);
    assertThat(acme.get(digest(7), GZIP)).isPresent();
    assertThat(cache.trim(0, false)).isEqualTo(plan);
    assertThat(acme.get(digest(7), GZIP)).isEmpty();
    assertThat(cache.trim(0, true).count()).isZero();
  }
}
