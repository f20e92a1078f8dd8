package dev.cairn.server.http;

import java.io.IOException;

/** The client broke off while it sent its request. */
public final class BrokenBodyException extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenBodyException(Throwable cause) {
    super("the request's body broke off", cause);
  }
}
