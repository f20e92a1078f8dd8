package dev.cairn.build;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/**
 * The identity of a build: 128 bits that sort by time of acceptance (48 bits of milliseconds since
 * 1970, then 80 random ones). Dialects spell it their own way; the canonical text is 32 hexadecimal
 * digits.
 *
 * @param high the first 64 bits: 48 of time, 16 random
 * @param low the last 64 bits, random
 */
public record BuildId(long high, long low) implements Comparable<BuildId> {

  /** Makes a new id for a build accepted at {@code now}. */
  public static BuildId next(Instant now, SecureRandom random) {
    long millis = now.toEpochMilli() & 0xFFFF_FFFF_FFFFL;
    return new BuildId(millis << 16 | random.nextInt(1 << 16), random.nextLong());
  }

  /**
   * Reads the canonical text.
   *
   * @throws IllegalArgumentException if {@code text} is not 32 lower-case hexadecimal digits
   */
  public static BuildId parse(String text) {
    if (text.length() != 32
        || !text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      throw new IllegalArgumentException("a build id has 32 lower-case hexadecimal digits");
    }
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(text));
    return new BuildId(bytes.getLong(), bytes.getLong());
  }

  /** When the build was accepted, to the millisecond. */
  public Instant acceptedAt() {
    return Instant.ofEpochMilli(high >>> 16);
  }

  /** In order of acceptance. */
  @Override
  public int compareTo(BuildId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
