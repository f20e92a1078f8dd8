package dev.cairn.build;

/** What a running build is doing. */
public enum Phase {
  SOURCE,
  RESOLVE,
  STEPS,
  EXPORT,
  PUBLISH
}
