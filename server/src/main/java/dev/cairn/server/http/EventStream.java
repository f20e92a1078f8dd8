package dev.cairn.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Frames of {@code text/event-stream}. Data is always one line of JSON in ASCII, so no content can
 * end a frame or begin another; comments are never sent, as some clients take them for events.
 */
public final class EventStream {
  private final OutputStream out;

  /** Writes frames to a body. */
  public EventStream(OutputStream out) {
    this.out = out;
  }

  /** Sets the headers under which event streams pass through proxies unbuffered. */
  public static void headers(Response response) {
    response.header("Cache-Control", "no-cache");
    response.header("X-Accel-Buffering", "no");
  }

  /**
   * Sends one event at once.
   *
   * @param id the {@code id:} line, if any
   * @param value what becomes the JSON
   */
  public void send(OptionalLong id, Object value) throws IOException {
    var frame = new StringBuilder();
    id.ifPresent(number -> frame.append("id: ").append(number).append('\n'));
    frame.append("data: ").append(Json.STRICT.writeValueAsString(value)).append("\n\n");
    out.write(frame.toString().getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
