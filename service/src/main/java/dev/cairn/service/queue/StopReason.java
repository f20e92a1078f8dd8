package dev.cairn.service.queue;

/** Why a running build is stopped from outside. */
enum StopReason {
  CANCELLED,
  RUN_TIMEOUT,
  PUSH_TIMEOUT,
  /** The server goes down; the build is queued again. */
  SHUTDOWN,
  /** Another runner has it now, or nobody. */
  LEASE_LOST,
  /** Its log cannot be written. */
  LOG_BROKEN
}
