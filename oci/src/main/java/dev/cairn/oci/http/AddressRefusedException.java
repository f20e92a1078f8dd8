package dev.cairn.oci.http;

import java.io.IOException;

/**
 * The policy does not let us reach a host. The address itself is not told: a tenant shall not learn
 * the inside's names.
 */
public final class AddressRefusedException extends IOException {

  private final String host;

  AddressRefusedException(String host, int port, String reason) {
    super(
        host
            + " port "
            + port
            + " may not be reached: "
            + reason
            + "; the operator can allow it by address range and port");
    this.host = host;
  }

  /** The host name that was asked for. */
  public String host() {
    return host;
  }
}
