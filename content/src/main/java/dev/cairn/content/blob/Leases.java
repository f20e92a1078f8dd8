package dev.cairn.content.blob;

import dev.cairn.oci.Digest;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * What keeps blobs alive while someone works with them; rows of the service's database. A lease
 * ends by release or by itself after its time, so that a dead owner holds nothing.
 */
public interface Leases {

  /**
   * Holds these blobs for the owner, in one transaction, before it looks whether they exist.
   *
   * @param owner such as a build's id
   * @param time until the lease ends by itself
   * @return those of the blobs that are being deleted or are gone by the rows; they are not held
   */
  Set<Digest> lease(String owner, Collection<Digest> digests, Duration time);

  /** Gives all leases of the owner this much time from now. */
  void extend(String owner, Duration time);

  /** Ends all leases of the owner. */
  void release(String owner);

  /**
   * Collection's last question, and its answer, in one transaction: of these blobs, the rows of
   * those are deleted that no tag, record or lease reaches by now, so that a later lease finds them
   * gone. The files of the batch before are deleted when this is called.
   *
   * @return the blobs whose files the caller must delete, each with the name of whom it belonged
   *     to, empty for several or nobody
   */
  Map<Digest, String> forgetUnneeded(Collection<Digest> digests);
}
