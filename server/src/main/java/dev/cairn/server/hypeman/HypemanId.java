package dev.cairn.server.hypeman;

import dev.cairn.build.BuildId;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A build's id as this dialect spells it: 24 lower-case letters and digits that begin with a
 * letter. The first counts to 26 and the others to 36, which holds 123 bits; a build id's upper
 * five are zero until the year 2248. The order of the texts is the order of the ids.
 */
final class HypemanId {
  private static final int LENGTH = 24;
  private static final int BITS = 123;
  private static final BigInteger RADIX = BigInteger.valueOf(36);
  private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

  private HypemanId() {}

  /** Spells an id. */
  static String encode(BuildId id) {
    BigInteger rest = unsigned(id.high()).multiply(WORD).add(unsigned(id.low()));
    if (rest.bitLength() > BITS) {
      throw new IllegalArgumentException("this id lies behind what 24 letters can spell");
    }
    var text = new char[LENGTH];
    for (int i = LENGTH - 1; i > 0; i--) {
      BigInteger[] parts = rest.divideAndRemainder(RADIX);
      text[i] = Character.forDigit(parts[1].intValue(), 36);
      rest = parts[0];
    }
    text[0] = (char) ('a' + rest.intValue());
    return new String(text);
  }

  /** Reads an id; nothing if the text is not the spelling of one. */
  static Optional<BuildId> decode(String text) {
    if (!text.matches("[a-z][a-z0-9]{23}")) {
      return Optional.empty();
    }
    BigInteger value = BigInteger.valueOf(text.charAt(0) - 'a');
    for (int i = 1; i < LENGTH; i++) {
      value = value.multiply(RADIX).add(BigInteger.valueOf(Character.digit(text.charAt(i), 36)));
    }
    if (value.bitLength() > BITS) {
      return Optional.empty();
    }
    return Optional.of(new BuildId(value.shiftRight(64).longValue(), value.mod(WORD).longValue()));
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }
}
