package dev.cairn.build;

/** Brings a finished image to a registry elsewhere. What is already there is not sent again. */
public interface Publisher {

  /**
   * Pushes all blobs, then the manifest.
   *
   * @throws BuildException of kind PUBLISH or CREDENTIAL, naming registry, repository and reason
   * @throws InterruptedException if the build was cancelled
   */
  void publish(BuildJob job, BuildResult result, Outputs.Destination to, BuildSink sink)
      throws InterruptedException;
}
