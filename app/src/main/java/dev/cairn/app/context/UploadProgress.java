package dev.cairn.app.context;

/** Hears how far an upload has come; from any thread. */
@FunctionalInterface
public interface UploadProgress {
  /** Says nothing. */
  UploadProgress NONE = (what, done, total) -> {};

  /**
   * So much is done.
   *
   * @param what is being done
   * @param total 0 if unknown
   */
  void report(String what, long done, long total);
}
