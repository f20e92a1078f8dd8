package dev.cairn.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.app.client.ApiConnection;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.ServerAddress;
import dev.cairn.app.progress.ProgressView;
import dev.cairn.build.BuildEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EventFollowerTest {

  /** Keeps the numbers. */
  private static final class Numbers implements ProgressView {
    private final List<Long> seen = new ArrayList<>();

    @Override
    public void show(BuildEvent event, String raw) {
      seen.add(event.number());
    }

    @Override
    public void tick() {}

    @Override
    public void close() {}
  }

  private static CairnApi api(FakeServer server) {
    return new CairnApi(new ApiConnection(ServerAddress.parse(server.url()), "t"));
  }

  @Test
  void showsEveryEventOnceThoughTheConnectionBreaksInTheMiddleOfLines() throws Exception {
    try (var server = new FakeServer()) {
      for (int i = 1; i < 20; i++) {
        server.willSay(
            "{\"number\":%d,\"at\":\"2026-01-01T00:00:00Z\",\"type\":\"log\",\"step\":1,\"stream\":\"stdout\",\"line\":\"x\"}"
                .formatted(i));
      }
      server.willSay(
          "{\"type\":\"heartbeat\",\"at\":\"2026-01-01T00:00:00Z\"}",
          "{\"number\":21,\"at\":\"2026-01-01T00:00:00Z\",\"type\":\"state\",\"state\":\"ready\"}");
      server.willBreakAfterEvents(3);
      var numbers = new Numbers();

      new EventFollower(api(server), "b1", numbers, Duration.ofMillis(1)).follow();

      List<Long> expected = new ArrayList<>(LongStream.range(1, 20).boxed().toList());
      expected.add(21L);
      assertThat(numbers.seen).isEqualTo(expected);
      assertThat(server.requests()).hasSizeGreaterThan(4);
    }
  }

  @Test
  void doesNotTryAgainWhenTheServerRefuses() throws Exception {
    try (var server = new FakeServer()) {
      var follower = new EventFollower(api(server), "other", new Numbers(), Duration.ofMillis(1));

      assertThatThrownBy(follower::follow)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no such");
      assertThat(server.requests()).hasSize(1);
    }
  }
}
