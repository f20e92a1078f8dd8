package dev.cairn.engine.layer;

import dev.cairn.linux.sandbox.IsolationRung;
import dev.cairn.oci.Descriptor;
import dev.cairn.oci.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * A finished layer in the blob store.
 *
 * @param diffId the digest of its uncompressed tar
 * @param blob the compressed blob
 * @param index the digest of its layer index, also a blob
 * @param selfContained whether it carries every parent directory, so that its tree is the same on
 *     any chain
 * @param created when its step ended; absent for a base layer without a history
 * @param rung how well the command that left it was shut in; absent if no command made it
 */
public record Layer(
    Digest diffId,
    Descriptor blob,
    Digest index,
    boolean selfContained,
    Optional<Instant> created,
    Optional<IsolationRung> rung) {

  /** The same, made at another time. */
  public Layer withCreated(Optional<Instant> time) {
    return new Layer(diffId, blob, index, selfContained, time, rung);
  }

  /** The same, left by a command that was shut in so well. */
  public Layer withRung(IsolationRung of) {
    return new Layer(diffId, blob, index, selfContained, created, Optional.of(of));
  }
}
