package dev.cairn.app.progress;

import dev.cairn.build.BuildEvent;
import java.io.PrintStream;

/** Shows the events of a build, in order, as they arrive. Not for several threads. */
public interface ProgressView extends AutoCloseable {

  /**
   * Shows one event.
   *
   * @param event the event
   * @param raw the same as the server sent it, one line of JSON
   */
  void show(BuildEvent event, String raw);

  /** Called often while nothing arrives, so that clocks go on. */
  void tick();

  /** Leaves the screen in order. */
  @Override
  void close();

  /** Writes every event as it was sent, for other programs. */
  static ProgressView rawJson(PrintStream out) {
    return new ProgressView() {
      @Override
      public void show(BuildEvent event, String raw) {
        // What this program itself reports, such as an upload, is no event of the build.
        if (!raw.isEmpty()) {
          out.println(raw);
        }
      }

      @Override
      public void tick() {}

      @Override
      public void close() {
        out.flush();
      }
    };
  }

  /** Shows nothing. */
  static ProgressView quiet() {
    return new ProgressView() {
      @Override
      public void show(BuildEvent event, String raw) {}

      @Override
      public void tick() {}

      @Override
      public void close() {}
    };
  }
}
