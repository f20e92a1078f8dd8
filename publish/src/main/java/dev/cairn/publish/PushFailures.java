package dev.cairn.publish;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;
import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.RegistryException;
import java.io.IOException;

/** What a push fails with: registry, repository, reason, and what to do. */
final class PushFailures {
  private PushFailures() {}

  static BuildException of(IOException e, Reference target) {
    if (e instanceof RegistryException known) {
      return ofRegistry(known, target);
    }
    return BuildException.of(FailureKind.PUBLISH, "push-failed")
        .retryable()
        .remedy("push again; if it happens again, tell the operator")
        .cause(e)
        .sentence("Pushing to " + target + " failed: " + e.getMessage() + ".");
  }

  private static BuildException ofRegistry(RegistryException e, Reference target) {
    FailureKind kind =
        switch (e.kind()) {
          case UNAUTHORIZED, DENIED -> FailureKind.CREDENTIAL;
          case NOT_FOUND, UNAVAILABLE, INVALID, ADDRESS_REFUSED, TOO_LARGE -> FailureKind.PUBLISH;
        };
    String code =
        switch (e.kind()) {
          case UNAUTHORIZED -> "push-unauthorized";
          case DENIED -> "push-denied";
          case NOT_FOUND -> "push-not-found";
          case UNAVAILABLE -> "push-unavailable";
          case INVALID -> "push-invalid";
          case ADDRESS_REFUSED -> "push-address-refused";
          case TOO_LARGE -> "push-too-large";
        };
    var details = BuildException.of(kind, code).remedy(remedy(e, target)).cause(e);
    return (e.retryable() ? details.retryable() : details)
        .sentence("Pushing to " + target + " failed: " + e.getMessage() + ".");
  }

  /** Reading and writing differ in what helps. */
  private static String remedy(RegistryException e, Reference target) {
    return switch (e.kind()) {
      case UNAUTHORIZED -> "store a login with: cairn registry login " + target.registry();
      case DENIED -> "use a login that may push to " + target.repository();
      case NOT_FOUND ->
          "make the repository "
              + target.repository()
              + " first, if the registry does not make it by itself";
      case UNAVAILABLE, INVALID, ADDRESS_REFUSED, TOO_LARGE -> e.kind().advice();
    };
  }
}
