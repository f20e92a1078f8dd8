package dev.cairn.build;

/** Why a queued build has not started. */
public enum WaitReason {
  /** All builders are busy. */
  CAPACITY,
  /** The tenant runs as many builds as it may. */
  TENANT_LIMIT,
  /** A build of the same serial key runs. */
  SERIAL,
  /** A build that it needs has not ended. */
  NEEDS,
  /** Its time has not come. */
  NOT_BEFORE,
  /** It waits to be released. */
  DRAFT,
  /** No builder can run it. */
  NO_BUILDER,
  /** The disk is too full to start a build. */
  DISK
}
