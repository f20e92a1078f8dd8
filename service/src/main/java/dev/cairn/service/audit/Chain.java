package dev.cairn.service.audit;

import dev.cairn.oci.Digest;
import dev.cairn.service.Audit.Entry;
import dev.cairn.service.Audit.Head;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * How entries hang together: each one's hash is the SHA-256 of the hash before, its number, its
 * time in milliseconds, and its texts, every part with its length before it.
 */
public final class Chain {
  /** Where a chain begins. */
  public static final Head START = new Head(0, "0".repeat(64));

  private Chain() {}

  /** The entry that follows the head. */
  static Entry next(Head head, Instant at, Deed deed, String outcome) {
    var bare =
        new Entry(
            head.number() + 1,
            Instant.ofEpochMilli(at.toEpochMilli()),
            deed.tenant(),
            deed.by().token(),
            deed.by().request(),
            deed.action().text(),
            deed.object(),
            outcome,
            "");
    return new Entry(
        bare.number(),
        bare.at(),
        bare.tenant(),
        bare.token(),
        bare.request(),
        bare.action(),
        bare.object(),
        bare.outcome(),
        hash(head.hash(), bare));
  }

  /** The hash that an entry must have behind this one. */
  static String hash(String before, Entry entry) {
    var hasher = Digest.newHasher();
    text(hasher, before);
    number(hasher, entry.number());
    number(hasher, entry.at().toEpochMilli());
    text(hasher, entry.tenant());
    text(hasher, entry.token());
    text(hasher, entry.request());
    text(hasher, entry.action());
    text(hasher, entry.object());
    text(hasher, entry.outcome());
    return hasher.finish().hex();
  }

  private static void text(Digest.Hasher hasher, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(hasher, bytes.length);
    hasher.update(bytes);
  }

  private static void number(Digest.Hasher hasher, long number) {
    hasher.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }
}
