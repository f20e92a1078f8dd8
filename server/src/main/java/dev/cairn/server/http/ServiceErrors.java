package dev.cairn.server.http;

import dev.cairn.service.ServiceException;

/** The HTTP status of what the service refuses, the same for all dialects. */
public final class ServiceErrors {
  private ServiceErrors() {}

  /** The refusal with this code of the dialect; its message tells the remedy as well. */
  public static ApiException translate(ServiceException refused, String code) {
    String message =
        refused.remedy().isEmpty()
            ? String.valueOf(refused.getMessage())
            : refused.getMessage() + "; " + refused.remedy();
    return new ApiException(status(refused.kind()), code, message).cause(refused);
  }

  /** The status of a kind. */
  public static int status(ServiceException.Kind kind) {
    return switch (kind) {
      case INVALID -> 400;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case UNSUPPORTED -> 422;
      case QUOTA -> 429;
      case UNAVAILABLE -> 503;
    };
  }
}
