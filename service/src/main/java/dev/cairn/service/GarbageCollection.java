package dev.cairn.service;

import java.util.List;
import java.util.function.Consumer;

/**
 * Frees what nothing needs any more. It runs by itself; here an operator asks for a run, or what
 * one would do.
 */
public interface GarbageCollection {

  /** What can go. */
  enum Kind {
    /** An ended build with its event log. */
    BUILD,
    /** A cache record; the bytes it held are counted as blobs. */
    RECORD,
    /** A context; the bytes it held are counted as blobs. */
    PACK,
    /** A manifest without a tag, as a member of its repository; its bytes are counted as blobs. */
    MANIFEST,
    /** An upload that was not finished. */
    UPLOAD,
    /** Bytes that no row reaches. */
    BLOB,
    /** An unpacked layer. */
    TREE,
    /** What {@code RUN --mount=type=cache} keeps between builds. */
    CACHE_MOUNT,
    /** A compressed piece of a layer. */
    SEGMENT
  }

  /**
   * Things of one kind and tenant that went for one reason, or would.
   *
   * @param kind what they are
   * @param tenant whose they were; empty for what belongs to nobody or to several
   * @param reason why, for people
   * @param count how many
   * @param bytes of the disk that they had themselves
   */
  record Gone(Kind kind, String tenant, String reason, long count, long bytes) {}

  /**
   * A run, or a plan of one.
   *
   * @param plan whether nothing was really removed
   * @param gone what went, or would
   * @param kept blobs that stay
   * @param keptBytes what they have
   */
  record Report(boolean plan, List<Gone> gone, long kept, long keptBytes) {
    public Report {
      gone = List.copyOf(gone);
    }

    /** Bytes that were freed, or would be. */
    public long bytes() {
      return gone.stream().mapToLong(Gone::bytes).sum();
    }

    /** How many things of this kind went, or would. */
    public long count(Kind kind) {
      return gone.stream().filter(each -> each.kind() == kind).mapToLong(Gone::count).sum();
    }

    /** The bytes of this kind that were freed, or would be. */
    public long bytes(Kind kind) {
      return gone.stream().filter(each -> each.kind() == kind).mapToLong(Gone::bytes).sum();
    }
  }

  /**
   * How far a run has come.
   *
   * @param kind what it looks at now
   * @param count how many of that kind have gone so far
   * @param bytes freed so far, of all kinds
   */
  record Progress(Kind kind, long count, long bytes) {}

  /**
   * Removes what nothing needs. One run at a time: a second caller waits for the first.
   *
   * @param listener is told how far it is
   */
  Report collect(Consumer<Progress> listener);

  /** What {@link #collect} would remove now, and why; nothing is changed. */
  Report plan();
}
