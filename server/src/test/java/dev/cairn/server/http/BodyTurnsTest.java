package dev.cairn.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BodyTurnsTest {
  private static final int LARGE = 3 << 20;

  private final BodyTurns turns = new BodyTurns(1);

  private LimitedBody body(InputStream in) {
    return new LimitedBody(
        in, Long.MAX_VALUE, new HttpOptions.BodyRate(1, Duration.ofHours(1)), turns);
  }

  private static void readTo(LimitedBody body, int bytes) throws IOException {
    assertThat(body.readNBytes(bytes)).hasSize(bytes);
  }

  private static void awaitWaiting(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
  }

  private Thread reading(LimitedBody body) {
    return Thread.ofVirtual()
        .start(() -> {
          try (body) {
            readTo(body, LARGE);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Test
  void aLargeBodyWaitsWhileAnotherIsWorkedOn() throws Exception {
    LimitedBody first = body(new ByteArrayInputStream(new byte[LARGE]));
    readTo(first, 2 << 20);
    Thread second = reading(body(new ByteArrayInputStream(new byte[LARGE])));
    awaitWaiting(second);
    first.close();
    second.join();
  }

  @Test
  void aSmallBodyWaitsForNobody() throws Exception {
    readTo(body(new ByteArrayInputStream(new byte[LARGE])), 2 << 20);
    readTo(body(new ByteArrayInputStream(new byte[1000])), 1000);
  }

  @Test
  void whoWaitsForItsClientTakesNoTurn() throws Exception {
    var stopped = new CountDownLatch(1);
    var slow =
        new InputStream() {
          private final InputStream start = new ByteArrayInputStream(new byte[2 << 20]);

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            int count = start.read(into, offset, length);
            if (count < 0) {
              stopped.countDown();
              try {
                Thread.sleep(Duration.ofHours(1));
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            }
            return count;
          }
        };
    Thread waiting = reading(body(slow));
    stopped.await();
    readTo(body(new ByteArrayInputStream(new byte[LARGE])), LARGE);
    waiting.interrupt();
    waiting.join();
  }
}
