package dev.cairn.build;

import java.util.Optional;

/** Gives the values of a build's secrets, for as long as the build lives. */
public interface Secrets {

  /**
   * The value of a secret, or nothing if the build has none of this id. The caller wipes it.
   *
   * @throws BuildException of kind CREDENTIAL if it was promised and cannot be had
   */
  Optional<byte[]> value(BuildJob job, String id);

  /**
   * The value of something sealed with the request. The caller wipes it.
   *
   * @throws BuildException of kind CREDENTIAL if it is gone, as after a reboot
   */
  byte[] open(BuildJob job, SealedBytes sealed);

  /**
   * A version of the secret that changes when its value does and tells nothing about it, so that
   * two builds share a running step only if they have the same secrets.
   */
  String version(BuildJob job, String id);
}
