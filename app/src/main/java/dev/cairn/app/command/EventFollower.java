package dev.cairn.app.command;

import dev.cairn.app.client.ApiException;
import dev.cairn.app.client.CairnApi;
import dev.cairn.app.client.EventReader;
import dev.cairn.app.progress.ProgressView;
import dev.cairn.build.BuildEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Shows a build's events to its end. Each event has a number, so a broken connection is taken up
 * behind the last one seen: nothing is shown twice and nothing is lost.
 */
final class EventFollower {
  private static final int SILENT_FAILURES = 40;

  private final CairnApi api;
  private final String build;
  private final ProgressView view;
  private final Duration pause;
  private long next = 1;
  private int failures;
  private boolean ended;

  /**
   * Follows one build.
   *
   * @param pause before the first new attempt; it grows to 25 times that
   */
  EventFollower(CairnApi api, String build, ProgressView view, Duration pause) {
    this.api = api;
    this.build = build;
    this.view = view;
    this.pause = pause;
  }

  /**
   * Returns when the build has ended and all is shown.
   *
   * @throws IOException if the server stays away, or refuses
   */
  void follow() throws IOException, InterruptedException {
    while (!ended) {
      String reason;
      try {
        api.events(build, next, true, this::show);
        reason = "the stream ended early";
      } catch (ApiException e) {
        if (e.status() < 500 && e.status() != 429) {
          throw e;
        }
        reason = String.valueOf(e.getMessage());
      } catch (UncheckedIOException e) {
        reason = String.valueOf(e.getMessage());
      } catch (IOException e) {
        reason = String.valueOf(e.getMessage());
      }
      if (ended) {
        return;
      }
      failures++;
      if (failures > SILENT_FAILURES) {
        throw new IOException(
            "the connection is lost ("
                + reason
                + "); the build goes on: cairn logs -f "
                + build
                + " follows it");
      }
      Thread.sleep(pause.multipliedBy(Math.min(failures * failures, 25)));
    }
  }

  private void show(String line) {
    Optional<BuildEvent> read;
    try {
      read = EventReader.read(line);
    } catch (RuntimeException e) {
      // A line that was cut off comes again whole.
      throw new UncheckedIOException(new IOException("a broken event", e));
    }
    failures = 0;
    if (read.isEmpty() || read.get().number() < next) {
      return;
    }
    BuildEvent event = read.get();
    next = event.number() + 1;
    view.show(event, line);
    if (event.body() instanceof BuildEvent.StateChanged change && change.state().isFinal()) {
      ended = true;
    }
  }
}
