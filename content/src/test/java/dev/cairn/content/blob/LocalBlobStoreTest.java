package dev.cairn.content.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.content.LimitExceededException;
import dev.cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBlobStoreTest {

  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;
  private LocalBlobStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = new LocalBlobStore(directory);
  }

  @Test
  void keepsBlobsAsAnOciLayoutDoes() throws IOException {
    var blob = store.put(HELLO);
    assertThat(directory.resolve("blobs/sha256/" + Digest.sha256(HELLO).hex()))
        .hasBinaryContent(HELLO);
    assertThat(blob).isEqualTo(new Blob(Digest.sha256(HELLO), 5));
    assertThat(store.put(HELLO)).isEqualTo(blob);
    assertThat(directory.resolve("writing")).isEmptyDirectory();
    try (var in = store.open(blob.digest())) {
      assertThat(in.readAllBytes()).isEqualTo(HELLO);
    }
  }

  @Test
  void storesNothingThatIsNotAsPromised() throws IOException {
    Digest other = Digest.sha256(new byte[1]);
    try (var writer = store.writer()) {
      writer.write(HELLO);
      assertThatThrownBy(() -> writer.commit(other, 5)).isInstanceOf(DigestMismatchException.class);
    }
    try (var writer = store.writer()) {
      writer.write(HELLO);
      assertThatThrownBy(() -> writer.commit(Digest.sha256(HELLO), 6))
          .isInstanceOf(DigestMismatchException.class);
    }
    assertThat(store.has(Digest.sha256(HELLO))).isFalse();
    assertThat(directory.resolve("writing")).isEmptyDirectory();
    assertThatThrownBy(() -> store.open(other)).isInstanceOf(BlobNotFoundException.class);
  }

  @Test
  void leavesWhatAnotherProcessWritesAlone() throws IOException {
    try (var writer = store.writer()) {
      writer.write(HELLO);
      writer.flush();
      assertThat(LocalBlobStore.besideServer(directory).has(Digest.sha256(HELLO))).isFalse();
      assertThat(writer.commit().digest()).isEqualTo(Digest.sha256(HELLO));
    }
  }

  @Test
  void keepsSha512Blobs() throws IOException {
    Digest digest = Digest.Algorithm.SHA512.newHasher().update(HELLO).finish();
    try (var writer = store.writer()) {
      writer.write(HELLO);
      assertThat(writer.commit(digest, -1).digest()).isEqualTo(digest);
    }
    assertThat(store.has(digest)).isTrue();
  }

  @Test
  void resumesAnUploadAfterARestart() throws IOException {
    String id;
    try (var upload = store.beginUpload()) {
      id = upload.id();
      upload.append(new ByteArrayInputStream(HELLO, 0, 2), 10);
    }
    var again = new LocalBlobStore(directory);
    try (var upload = again.upload(id).orElseThrow()) {
      assertThat(upload.offset()).isEqualTo(2);
      upload.append(new ByteArrayInputStream(HELLO, 2, 3), 10);
      assertThat(upload.commit(Digest.sha256(HELLO))).isEqualTo(new Blob(Digest.sha256(HELLO), 5));
    }
    assertThat(again.upload(id)).isEmpty();
    assertThat(again.has(Digest.sha256(HELLO))).isTrue();
  }

  @Test
  void boundsAndDropsUploads() throws IOException {
    try (var upload = store.beginUpload()) {
      assertThatThrownBy(() -> upload.append(new ByteArrayInputStream(HELLO), 4))
          .isInstanceOf(LimitExceededException.class);
    }
    assertThat(store.upload("../../etc/passwd")).isEmpty();
    assertThat(store.dropUploads(Instant.now().plusSeconds(5))).isEqualTo(1);
  }

  @Test
  void adoptsFilesByRename() throws IOException {
    Path file = Files.write(directory.resolve("file"), HELLO);
    assertThatThrownBy(() -> store.adopt(file, Optional.of(Digest.sha256(new byte[1]))))
        .isInstanceOf(DigestMismatchException.class);
    assertThat(store.adopt(file, Optional.empty()).digest()).isEqualTo(Digest.sha256(HELLO));
    assertThat(file).doesNotExist();
    assertThat(store.has(Digest.sha256(HELLO))).isTrue();
  }

  @Test
  void aCommandBesideTheServerLeavesAloneWhatIsBeingWritten() throws IOException {
    try (var writer = store.writer()) {
      writer.write(HELLO);
      var beside = LocalBlobStore.besideServer(directory);
      assertThat(beside.has(Digest.sha256(HELLO))).isFalse();
      assertThat(writer.commit().digest()).isEqualTo(Digest.sha256(HELLO));
    }
    assertThat(store.has(Digest.sha256(HELLO))).isTrue();
  }

  // Sweeping goes by age, so what is stored again has to be young, however old its bytes are.
  @Test
  void whatIsStoredAgainIsAsYoungAsNewAndWhole() throws IOException {
    Path path = store.path(store.put(HELLO).digest());
    Files.write(path, new byte[] {1, 2, 3});
    Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
    var upload = store.beginUpload();
    upload.append(new java.io.ByteArrayInputStream(HELLO), 100);
    Files.setLastModifiedTime(
        directory.resolve("uploads").resolve(upload.id()), FileTime.from(Instant.EPOCH));
    upload.commit(Digest.sha256(HELLO));
    assertThat(Files.getLastModifiedTime(path).toInstant())
        .isAfter(Instant.now().minus(Duration.ofMinutes(5)));
    assertThat(path).hasBinaryContent(HELLO);
  }

  @Test
  void collectsOnlyOldBlobsThatNothingNeeds() throws IOException {
    var reached = store.put("reached".getBytes(StandardCharsets.US_ASCII));
    var leased = store.put("leased".getBytes(StandardCharsets.US_ASCII));
    var old = store.put("old".getBytes(StandardCharsets.US_ASCII));
    var again = store.put("again".getBytes(StandardCharsets.US_ASCII));
    var hourAgo = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    for (var blob : new Blob[] {reached, leased, old, again}) {
      Files.setLastModifiedTime(store.path(blob.digest()), hourAgo);
    }
    var young = store.put("young".getBytes(StandardCharsets.US_ASCII));
    var asked = new ArrayList<Digest>();
    Leases leases =
        new Leases() {
          @Override
          public Set<Digest> lease(String owner, Collection<Digest> digests, Duration time) {
            return Set.of();
          }

          @Override
          public void extend(String owner, Duration time) {}

          @Override
          public void release(String owner) {}

          @Override
          public Map<Digest, String> forgetUnneeded(Collection<Digest> digests) {
            asked.addAll(digests);
            return digests.stream()
                .filter(digest -> !digest.equals(leased.digest()))
                .collect(Collectors.toMap(digest -> digest, digest -> "acme"));
          }
        };
    var collector = new BlobCollector(store, leases, Duration.ofHours(1), Clock.systemUTC());
    var told = new ArrayList<String>();
    var collected =
        collector.collect(
            listed -> {
              assertThat(listed).hasSize(5);
              // Someone stores a blob again between the listing and its turn.
              try {
                store.put("again".getBytes(StandardCharsets.US_ASCII));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
              return Set.of(reached.digest());
            },
            (blob, owner) -> told.add(blob.digest() + " of " + owner));
    assertThat(collected).isEqualTo(new BlobCollector.Collected(4, 23, 1, 3));
    assertThat(told).containsExactly(old.digest() + " of acme");
    assertThat(store.has(old.digest())).isFalse();
    for (var blob : new Blob[] {reached, leased, young, again}) {
      assertThat(store.has(blob.digest())).isTrue();
    }
    assertThat(asked)
        .contains(old.digest(), leased.digest(), again.digest())
        .doesNotContain(reached.digest());
  }
}
