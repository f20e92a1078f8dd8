package dev.cairn.service.log;

import dev.cairn.build.BuildEvent;
import dev.cairn.service.json.ModelJson;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * One event in a file: length and CRC-32C of what follows (4 bytes each), then number and time in
 * milliseconds (8 bytes each), then the body as JSON.
 */
final class Frame {
  static final int HEADER = 8;
  static final int FIXED = 16;
  static final int MOST_BYTES = 1 << 20;

  private Frame() {}

  static byte[] encode(long number, Instant at, BuildEvent.Body body) {
    byte[] json = ModelJson.bytes(BuildEvent.Body.class, body);
    var buffer = ByteBuffer.allocate(HEADER + FIXED + json.length);
    buffer.putInt(FIXED + json.length).putInt(0).putLong(number).putLong(at.toEpochMilli());
    buffer.put(json);
    buffer.putInt(4, checksum(buffer.array(), HEADER, FIXED + json.length));
    return buffer.array();
  }

  /** Whether the payload is what was written, and has the number that it must have. */
  static boolean intact(byte[] payload, int checksum, long number) {
    return checksum == checksum(payload, 0, payload.length)
        && ByteBuffer.wrap(payload).getLong() == number;
  }

  static BuildEvent decode(byte[] payload) {
    var buffer = ByteBuffer.wrap(payload);
    long number = buffer.getLong();
    Instant at = Instant.ofEpochMilli(buffer.getLong());
    byte[] json = new byte[buffer.remaining()];
    buffer.get(json);
    return new BuildEvent(number, at, ModelJson.read(json, BuildEvent.Body.class));
  }

  private static int checksum(byte[] bytes, int from, int length) {
    var crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
