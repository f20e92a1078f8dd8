package dev.cairn.build;

import java.time.Instant;

/**
 * A build handed to a {@link Builder}.
 *
 * @param id which build
 * @param attempt which attempt at it, from 1
 * @param request what is asked
 * @param limits the request's limits with the installation's defaults filled in
 * @param acceptedAt when it was accepted
 */
public record BuildJob(
    BuildId id, int attempt, BuildRequest request, Limits limits, Instant acceptedAt) {

  /** Whose build it is. */
  public TenantId tenant() {
    return request.tenant();
  }
}
