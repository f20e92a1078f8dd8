package dev.cairn.engine.base;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.oci.InvalidOciException;
import dev.cairn.oci.registry.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** What a registry's refusal means for a build. */
final class RegistryFailures {

  private RegistryFailures() {}

  /** The failure of a build whose base {@code name} at {@code place} could not be had. */
  static BuildException of(String name, String place, IOException e) throws InterruptedException {
    if (e instanceof InterruptedIOException || Thread.interrupted()) {
      throw new InterruptedException("cancelled while " + name + " was fetched");
    }
    if (!(e instanceof RegistryException failure)) {
      return BuildException.of(FailureKind.SOURCE, "base-unreadable")
          .at(place)
          .cause(e)
          .sentence("The image " + name + " cannot be used: " + e.getMessage() + ".");
    }
    var details =
        switch (failure.kind()) {
          case NOT_FOUND -> BuildException.of(FailureKind.SOURCE, "base-not-found");
          case UNAUTHORIZED, DENIED ->
              BuildException.of(FailureKind.CREDENTIAL, "base-unauthorized");
          case UNAVAILABLE -> BuildException.of(FailureKind.SOURCE, "base-unavailable");
          case INVALID -> BuildException.of(FailureKind.SOURCE, "base-invalid");
          case ADDRESS_REFUSED -> BuildException.of(FailureKind.SOURCE, "base-address-refused");
          case TOO_LARGE -> BuildException.of(FailureKind.LIMIT, "base-too-large");
        };
    if (failure.retryable()) {
      details.retryable();
    }
    return details
        .at(place)
        .cause(failure)
        .remedy("Then build again.")
        .sentence("The image " + name + " could not be had: " + failure.getMessage() + ".");
  }

  /** The failure of a build whose base is not what an image must be. */
  static BuildException of(String name, String place, InvalidOciException e) {
    return BuildException.of(FailureKind.SOURCE, "base-invalid")
        .at(place)
        .cause(e)
        .sentence("The image " + name + " is malformed: " + e.getMessage() + ".");
  }
}
