package dev.cairn.engine.disk;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import java.util.Locale;

/** Why a build was stopped for the disk's sake. */
public sealed interface DiskReached {

  /** It wrote as much as it may. */
  record Bytes(long limit) implements DiskReached {}

  /** It made as many files, directories and links as it may. */
  record Inodes(long limit) implements DiskReached {}

  /** It made directories in directories deeper than any image may have them. */
  record Depth() implements DiskReached {}

  /** The machine's disk was about to be full, and this build was the one that took most of it. */
  record Reserve() implements DiskReached {}

  /** The beginning of the failure, without its place. */
  default BuildException.Details details() {
    return switch (this) {
      case Bytes bytes ->
          BuildException.of(FailureKind.LIMIT, "disk-limit")
              .remedy(
                  "Write less, remove what is not needed in the same step, or ask for more with"
                      + " limits.diskBytes.");
      case Inodes inodes ->
          BuildException.of(FailureKind.LIMIT, "inode-limit")
              .remedy("Make fewer files, or ask for more with limits.inodes.");
      case Depth depth ->
          BuildException.of(FailureKind.LIMIT, "directory-depth")
              .remedy("Make no directories so deep inside each other.");
      case Reserve reserve ->
          BuildException.of(FailureKind.LIMIT, "disk-full")
              .retryable()
              .remedy("Ask the operator for space, then build again.");
    };
  }

  /** What happened, without a full stop. */
  default String sentence() {
    return switch (this) {
      case Bytes bytes -> "disk limit " + Amount.ofBytes(bytes.limit()) + " reached";
      case Inodes inodes -> String.format(Locale.ROOT, "inode limit %d reached", inodes.limit());
      case Depth depth -> "directories lie more than 1024 deep";
      case Reserve reserve ->
          "the server's disk is nearly full, and this build was using the most of it";
    };
  }
}
