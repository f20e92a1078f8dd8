package dev.cairn.service.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  @TempDir Path directory;

  private static BuildEvent.Log line(int number) {
    return new BuildEvent.Log(1, BuildEvent.Stream.STDOUT, "line " + number);
  }

  @Test
  void showsNothingBeforeItIsSynced() throws IOException {
    try (var log = new LogFile(directory.resolve("log"))) {
      log.append(Instant.EPOCH, line(1));
      assertThat(log.read(1, 10)).isEmpty();
      log.sync();
      assertThat(log.read(1, 10)).hasSize(1);
    }
  }

  @Test
  void resumesExactlyAtEveryNumber() throws IOException {
    try (var log = new LogFile(directory.resolve("log"))) {
      for (int i = 1; i <= 200; i++) {
        log.append(Instant.EPOCH, line(i));
      }
      log.sync();
      for (int from = 1; from <= 200; from++) {
        var event = log.read(from, 1).getFirst();
        assertThat(event.number()).isEqualTo(from);
        assertThat(event.body()).isEqualTo(line(from));
      }
    }
  }

  @Test
  void cutsATornTailOffAtEveryLength() throws IOException {
    Path file = directory.resolve("log");
    long whole;
    try (var log = new LogFile(file)) {
      log.append(Instant.EPOCH, line(1));
      log.append(Instant.EPOCH, line(2));
    }
    whole = Files.size(file);
    byte[] bytes = Files.readAllBytes(file);
    for (long length = whole - 1; length > whole / 2; length--) {
      Files.write(file, bytes);
      try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
        raw.setLength(length);
      }
      try (var log = new LogFile(file)) {
        assertThat(log.last()).isEqualTo(1);
        log.append(Instant.EPOCH, line(3));
        log.sync();
        assertThat(log.read(2, 10)).extracting(BuildEvent::body).containsExactly(line(3));
      }
    }
  }

  @Test
  void takesNothingAfterTheFinalEvent() throws IOException {
    Path file = directory.resolve("log");
    try (var log = new LogFile(file)) {
      log.append(
          Instant.EPOCH, new BuildEvent.StateChanged(BuildState.CANCELLED, Optional.empty()));
      assertThat(log.append(Instant.EPOCH, line(1))).isZero();
    }
    try (var log = new LogFile(file)) {
      assertThat(log.isComplete()).isTrue();
      assertThat(log.append(Instant.EPOCH, line(1))).isZero();
    }
  }

  @Test
  void survivesAnInterruptedWriter() throws IOException {
    try (var log = new LogFile(directory.resolve("log"))) {
      Thread.currentThread().interrupt();
      log.append(Instant.EPOCH, line(1));
      log.sync();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(log.read(1, 10)).hasSize(1);
    }
  }
}
