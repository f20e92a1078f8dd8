package dev.cairn.build;

import dev.cairn.oci.Descriptor;

/** Hears how a push goes. Calls come from several threads; none blocks for long. */
public interface PushListener {

  /** How a blob or manifest came to the registry. */
  enum Arrival {
    /** Its bytes were sent. */
    SENT,
    /** It was there already. */
    PRESENT,
    /** The registry took it over from another of its repositories. */
    MOUNTED
  }

  /** So many bytes of a blob are on their way; fewer than before if it has to go again. */
  void moving(Descriptor blob, long bytes);

  /** A blob or manifest is there. */
  void arrived(Descriptor blob, Arrival how);

  /** Something failed and is tried again. */
  void retry(String what, String reason, int attempt);
}
