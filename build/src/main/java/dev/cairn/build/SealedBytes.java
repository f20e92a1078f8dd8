package dev.cairn.build;

/**
 * A value that came with a request and was sealed when it was accepted: the model carries only the
 * handle under which the build's {@link Secrets} give it back, so that no database, log or backup
 * ever holds the value.
 *
 * @param handle names the sealed value within its build
 */
public record SealedBytes(String handle) {

  /**
   * @throws IllegalArgumentException if the handle is not a plain name
   */
  public SealedBytes {
    if (!handle.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("a sealed value's handle is a plain name");
    }
  }
}
