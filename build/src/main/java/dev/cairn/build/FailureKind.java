package dev.cairn.build;

/** What sort of thing went wrong. Dialects map these and add none. */
public enum FailureKind {
  /** The request or the Dockerfile is wrong. */
  INPUT,
  /** A source, base or remote file could not be had. */
  SOURCE,
  /** A step ended with an error. */
  STEP,
  /** A limit was reached. */
  LIMIT,
  /** It took too long. */
  TIMEOUT,
  /** A secret or login is missing or was refused. */
  CREDENTIAL,
  /** The image could not be published. */
  PUBLISH,
  /** The machine made of it did not start. */
  BOOT,
  /** No builder can ever run it. */
  NOT_SCHEDULABLE,
  /** The builder died too often. */
  BUILDER_LOST,
  /** A newer build took its place. */
  SUPERSEDED,
  /** A fault of ours. */
  INTERNAL
}
