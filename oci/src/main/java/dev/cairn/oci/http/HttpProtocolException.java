package dev.cairn.oci.http;

import java.io.IOException;

/**
 * The other side does not speak HTTP as it should, or goes past a limit. Trying again does not
 * help.
 */
public final class HttpProtocolException extends IOException {

  HttpProtocolException(String message) {
    super(message);
  }
}
