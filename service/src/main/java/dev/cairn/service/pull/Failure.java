package dev.cairn.service.pull;

import dev.cairn.oci.Reference;
import dev.cairn.oci.registry.RegistryException;
import dev.cairn.service.ServiceException;
import java.io.IOException;
import java.util.Optional;

/** Why an image could not be pulled, in words. */
final class Failure {
  private Failure() {}

  /** The sentence: registry, repository and reason. */
  static String sentence(Reference source, Exception e) {
    return switch (e) {
      case RegistryException refused -> String.valueOf(refused.getMessage());
      case ServiceException refused -> refused.getMessage() + "; " + refused.remedy();
      case IOException broken ->
          source.name()
              + ": "
              + String.valueOf(broken.getMessage()).replace(source.name() + ": ", "");
      default -> source.name() + ": something went wrong on our side; the server's log has it";
    };
  }

  /** What it means for the one who asks; nothing if it may go better later. */
  static Optional<ServiceException> refusal(RegistryException e) {
    return switch (e.kind()) {
      case NOT_FOUND, UNAUTHORIZED, DENIED ->
          Optional.of(
              ServiceException.of(
                  ServiceException.Kind.NOT_FOUND,
                  "image-not-found",
                  String.valueOf(e.getMessage()),
                  ""));
      case ADDRESS_REFUSED ->
          Optional.of(
              ServiceException.invalid("address-refused", String.valueOf(e.getMessage()), ""));
      case INVALID, TOO_LARGE ->
          Optional.of(
              ServiceException.invalid("image-invalid", String.valueOf(e.getMessage()), ""));
      case UNAVAILABLE -> Optional.empty();
    };
  }
}
