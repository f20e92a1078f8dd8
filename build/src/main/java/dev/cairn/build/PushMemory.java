package dev.cairn.build;

import dev.cairn.oci.Digest;
import dev.cairn.oci.Reference;
import dev.cairn.oci.RepositoryName;
import dev.cairn.oci.http.HttpUrl;
import java.util.List;
import java.util.Optional;

/**
 * What one tenant's earlier pushes found out about registries: which blobs were seen where, and
 * which uploads can be continued. Everything may be wrong by now, and is only a hint. Of a
 * reference only registry and repository count.
 */
public interface PushMemory {

  /** Whether the blob was seen there so lately that asking again is a waste. */
  boolean seenLately(Reference repository, Digest blob);

  /** Other repositories of the same registry where the blob was seen, the newest first. */
  List<RepositoryName> elsewhere(Reference repository, Digest blob);

  /** The blob is there. */
  void seen(Reference repository, Digest blob);

  /** What was said about this repository is not true any more. */
  void forget(Reference repository);

  /** Where an upload of the blob goes on. */
  Optional<HttpUrl> upload(Reference repository, Digest blob);

  /** An upload has come so far; its place is kept like a secret. */
  void uploading(Reference repository, Digest blob, HttpUrl location);

  /** An upload has ended or is lost. */
  void uploaded(Reference repository, Digest blob);
}
