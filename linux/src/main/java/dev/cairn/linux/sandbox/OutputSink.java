package dev.cairn.linux.sandbox;

import java.io.IOException;

/** Takes what a step writes, as it writes it. Both of a step's sinks are called by one thread. */
@FunctionalInterface
public interface OutputSink {
  /** Takes {@code length} bytes; the array is reused afterwards. A failure ends the step. */
  void write(byte[] bytes, int length) throws IOException;

  /** A sink that drops everything. */
  static OutputSink discard() {
    return (bytes, length) -> {};
  }
}
