package dev.cairn.linux.sandbox;

/**
 * Which steps may run 32-bit programs. Letting them make system calls doubles the filter of calls,
 * and runc takes some 20 ms at each start to compile it.
 */
public enum ThirtyTwoBit {
  /** All, as in Docker. */
  ALWAYS,
  /** Those that seem to want it; a 32-bit program that nothing announced is killed by SIGSYS. */
  BY_STEP
}
