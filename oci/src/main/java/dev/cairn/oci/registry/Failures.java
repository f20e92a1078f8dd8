package dev.cairn.oci.registry;

import dev.cairn.oci.Reference;
import dev.cairn.oci.http.AddressRefusedException;
import dev.cairn.oci.http.FetchResponse;
import dev.cairn.oci.http.HttpProtocolException;
import dev.cairn.oci.registry.RegistryException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Statuses and broken connections, put into words. What the registry says is shortened and made
 * harmless.
 */
final class Failures {

  private static final int TEXT_LIMIT = 300;
  private static final int ANSWER_LIMIT = 64 * 1024;

  private Failures() {}

  static RegistryException ofAnswer(Reference repository, String what, FetchResponse response) {
    int status = response.status();
    Kind kind =
        switch (status) {
          case 401 -> Kind.UNAUTHORIZED;
          case 403 -> Kind.DENIED;
          case 404 -> Kind.NOT_FOUND;
          case 413 -> Kind.TOO_LARGE;
          case 408, 429 -> Kind.UNAVAILABLE;
          default -> status >= 500 ? Kind.UNAVAILABLE : Kind.INVALID;
        };
    String said = said(response);
    return new RegistryException(
        kind,
        repository,
        what + " answered with status " + status + (said.isEmpty() ? "" : " (" + said + ")"),
        isTransient(status),
        Optional.empty(),
        RetryAfter.of(response, InstantSource.system()));
  }

  static RegistryException ofConnection(Reference repository, IOException failure) {
    return switch (failure) {
      case RegistryException known -> known;
      case AddressRefusedException refused ->
          RegistryException.of(
              Kind.ADDRESS_REFUSED, repository, clean(refused.getMessage()), refused);
      case HttpProtocolException broken ->
          RegistryException.of(Kind.INVALID, repository, clean(broken.getMessage()), broken);
      // A connection that breaks during the handshake says nothing about the certificate.
      case SSLException tls when !isBroken(tls) ->
          RegistryException.of(
              Kind.UNAVAILABLE,
              repository,
              "its certificate or TLS is not accepted ("
                  + clean(tls.getMessage())
                  + "); add its authority, if it has its own",
              tls);
      case UnknownHostException unknown ->
          new RegistryException(
              Kind.UNAVAILABLE,
              repository,
              "its host name cannot be resolved",
              true,
              Optional.of(unknown));
      default ->
          new RegistryException(
              Kind.UNAVAILABLE,
              repository,
              "the connection failed (" + clean(failure.getMessage()) + ")",
              true,
              Optional.of(failure));
    };
  }

  private static boolean isBroken(SSLException tls) {
    for (Throwable cause = tls.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException || cause instanceof SocketException) {
        return true;
      }
    }
    return false;
  }

  static boolean isTransient(int status) {
    return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
  }

  /**
   * The registry's own words: code and message of the first error (distribution specification,
   * "Error Codes").
   */
  private static String said(FetchResponse response) {
    try {
      JsonNode error =
          RegistryJson.MAPPER.readTree(response.readBytes(ANSWER_LIMIT)).path("errors").path(0);
      String code = error.path("code").asString("");
      String message = error.path("message").asString("");
      return clean(code.isEmpty() || message.isEmpty() ? code + message : code + ": " + message);
    } catch (IOException | JacksonException e) {
      return "";
    }
  }

  static String clean(@Nullable String text) {
    if (text == null) {
      return "no reason given";
    }
    var shown = new StringBuilder();
    text.codePoints()
        .limit(TEXT_LIMIT)
        .forEach(c ->
            shown.appendCodePoint(c < 0x20 || (c >= 0x7f && c < 0xa0) || c >= 0x2000 ? '?' : c));
    return shown.toString();
  }
}
