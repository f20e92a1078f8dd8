package dev.cairn.service.audit;

import dev.cairn.service.Audit;
import dev.cairn.service.Audit.Head;
import dev.cairn.service.store.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes where the chain ends, outside the database, every few seconds while it grows: a line {@code
 * number hash time} in a file that is only ever appended to, and now and then in the server's log.
 * Whoever rewrites or shortens the log must also reach every place that these lines went to.
 */
public final class AuditAnchor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("cairn.audit");
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Duration LOGGED = Duration.ofHours(1);
  private static final Pattern LINE = Pattern.compile("(\\d{1,18}) ([0-9a-f]{64}) \\S+");

  private final Audit audit;
  private final Path file;
  private final Clock clock;
  private final Runnable also;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private Head noted = Chain.START;
  private Instant logged = Instant.EPOCH;

  /**
   * An anchor of this log.
   *
   * @param also what else is to be done as often
   */
  public AuditAnchor(Audit audit, Path file, Clock clock, Runnable also) throws IOException {
    this.audit = audit;
    this.file = file;
    this.clock = clock;
    this.also = also;
    if (!Files.exists(file)) {
      OwnerOnly.create(file);
    }
    this.thread = Thread.ofPlatform().daemon().name("audit-anchor").start(this::run);
  }

  /** Reads the lines of such a file; others in it are passed over, as in a server's log. */
  public static Map<Long, String> read(Path file) throws IOException {
    Map<Long, String> heads = new TreeMap<>();
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      lines.forEach(line -> {
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
          heads.put(Long.parseLong(matcher.group(1)), matcher.group(2));
        }
      });
    }
    return heads;
  }

  private void run() {
    try {
      boolean ends = false;
      while (!ends) {
        ends = closing.await(EVERY.toMillis(), TimeUnit.MILLISECONDS);
        once();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void once() {
    try {
      also.run();
      Head head = audit.head();
      if (!head.equals(noted)) {
        append(head);
        noted = head;
        if (logged.plus(LOGGED).isBefore(clock.instant())) {
          LOG.info("audit head {} {}", head.number(), head.hash());
          logged = clock.instant();
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.error("the end of the audit log cannot be anchored in {}", file, e);
    }
  }

  private void append(Head head) throws IOException {
    String line = head.number() + " " + head.hash() + " " + clock.instant() + "\n";
    try (var channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
  }

  /** Notes the end a last time. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
