package dev.cairn.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The name of some bytes: an algorithm and the lower-case hexadecimal hash (OCI image
 * specification, "Digests"). Only the two registered algorithms are known, because a digest that we
 * cannot compute cannot be checked.
 */
public record Digest(Algorithm algorithm, String hex) implements Comparable<Digest> {

  /** A registered digest algorithm. */
  public enum Algorithm {
    SHA256("sha256", "SHA-256", 64),
    SHA512("sha512", "SHA-512", 128);

    private final String label;
    private final String javaName;
    private final int hexLength;

    Algorithm(String label, String javaName, int hexLength) {
      this.label = label;
      this.javaName = javaName;
      this.hexLength = hexLength;
    }

    /** The name before the colon. */
    public String label() {
      return label;
    }

    /** A new, empty hasher of this algorithm. */
    public Hasher newHasher() {
      try {
        return new Hasher(this, MessageDigest.getInstance(javaName));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has " + javaName, e);
      }
    }
  }

  /**
   * Bytes in, digest out; used by one thread, once.
   *
   * <p>Nothing takes a virtual thread off its processor while it computes, and whatever moves many
   * bytes here hashes them: so a virtual thread lets the others go first after each {@value #TURN}
   * bytes. Without that a few uploads from a near client kept every other request waiting.
   */
  public static final class Hasher {
    private static final int TURN = 64 << 10;

    private final Algorithm algorithm;
    private final MessageDigest digest;
    private long size;
    private int turn;

    private Hasher(Algorithm algorithm, MessageDigest digest) {
      this.algorithm = algorithm;
      this.digest = digest;
    }

    /** Adds a range of bytes. */
    public Hasher update(byte[] bytes, int offset, int length) {
      int end = offset + length;
      for (int at = offset; at < end; ) {
        int piece = Math.min(end - at, TURN - turn);
        digest.update(bytes, at, piece);
        at += piece;
        turn += piece;
        if (turn == TURN) {
          turn = 0;
          if (Thread.currentThread().isVirtual()) {
            Thread.yield();
          }
        }
      }
      size += length;
      return this;
    }

    /** Adds all the bytes. */
    public Hasher update(byte[] bytes) {
      return update(bytes, 0, bytes.length);
    }

    /** Adds one byte, the lowest eight bits of the argument. */
    public Hasher update(int oneByte) {
      digest.update((byte) oneByte);
      size++;
      return this;
    }

    /** How many bytes were added since the start. */
    public long size() {
      return size;
    }

    /** The digest of all bytes added; the hasher is empty afterwards, its size is not reset. */
    public Digest finish() {
      return new Digest(algorithm, HexFormat.of().formatHex(digest.digest()));
    }
  }

  /** Checks the length and the characters of the hash. */
  public Digest {
    if (hex.length() != algorithm.hexLength || !Ascii.isLowerHex(hex)) {
      throw new InvalidOciException(
          algorithm.label
              + " digest must have exactly "
              + algorithm.hexLength
              + " lower-case hexadecimal characters, not "
              + InvalidOciException.quote(hex));
    }
  }

  /**
   * Reads {@code sha256:…} or {@code sha512:…}; anything else is an {@link InvalidOciException}.
   */
  public static Digest parse(String text) {
    for (var algorithm : Algorithm.values()) {
      if (text.startsWith(algorithm.label) && text.indexOf(':') == algorithm.label.length()) {
        return new Digest(algorithm, text.substring(algorithm.label.length() + 1));
      }
    }
    throw new InvalidOciException(
        "digest must look like sha256:<64 hexadecimal characters> or sha512:<128>, not "
            + InvalidOciException.quote(text));
  }

  /** The SHA-256 digest of the bytes. */
  public static Digest sha256(byte[] bytes) {
    return newHasher().update(bytes).finish();
  }

  /** The digest whose SHA-256 hash of 32 bytes is already known. */
  public static Digest ofSha256(byte[] hash) {
    return new Digest(Algorithm.SHA256, HexFormat.of().formatHex(hash));
  }

  /** A new, empty SHA-256 hasher. */
  public static Hasher newHasher() {
    return Algorithm.SHA256.newHasher();
  }

  /** The hash itself: 32 bytes for SHA-256, 64 for SHA-512. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(Digest other) {
    int byAlgorithm = algorithm.compareTo(other.algorithm);
    return byAlgorithm != 0 ? byAlgorithm : hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return algorithm.label + ':' + hex;
  }
}
