package dev.cairn.service;

import dev.cairn.build.BuildId;
import dev.cairn.build.BuildRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A request on its way in.
 *
 * @param principal who asks; its tenant is the request's
 * @param id the build's id, from {@link Builds#newId()}, so that names can be made of it
 * @param request what is asked
 * @param sealed the values behind the request's {@link dev.cairn.build.SealedBytes}, by handle;
 *     wiped by {@link Builds#accept}
 * @param idempotency if the same request may come again
 */
public record Submission(
    Principal principal,
    BuildId id,
    BuildRequest request,
    Map<String, byte[]> sealed,
    Optional<Idempotency> idempotency) {

  public Submission {
    sealed = Map.copyOf(sealed);
    if (!principal.tenant().equals(request.tenant())) {
      throw new IllegalArgumentException("the tenant comes from the credential");
    }
  }

  /** Never shows a sealed value. */
  @Override
  public String toString() {
    return "Submission[id=" + id + ", tenant=" + request.tenant() + "]";
  }

  /**
   * Recognises a request that is sent again because its answer was lost.
   *
   * @param key the caller's, unique within its tenant; 1 to 200 characters
   * @param fingerprint of what was asked; another one under the same key is refused
   * @param window how long the key counts, at most 24 hours
   * @param replay whether a build of this key is given back; if not, the key goes over to the new
   *     build (for dialects whose clients mark a retry instead of sending a key)
   */
  public record Idempotency(String key, String fingerprint, Duration window, boolean replay) {

    /**
     * @throws IllegalArgumentException if a part is out of range
     */
    public Idempotency {
      if (key.isEmpty() || key.length() > 200) {
        throw new IllegalArgumentException("an idempotency key has 1 to 200 characters");
      }
      if (window.isNegative() || window.isZero() || window.compareTo(Duration.ofHours(24)) > 0) {
        throw new IllegalArgumentException("an idempotency key counts for at most 24 hours");
      }
    }
  }
}
