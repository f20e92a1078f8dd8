package dev.cairn.content.blob;

import dev.cairn.content.ContentException;

/** Bytes do not have the digest or the size that was promised. */
public final class DigestMismatchException extends ContentException {

  /** Says what was promised and what came. */
  public DigestMismatchException(String what, Object promised, Object found) {
    super(what + " was promised as " + promised + " but is " + found);
  }
}
