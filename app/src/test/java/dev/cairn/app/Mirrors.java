package dev.cairn.app;

import dev.cairn.oci.http.AddressPolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * The package mirrors that the tests' steps use. On some machines their names stand for a proxy in
 * an internal range: exactly those addresses are then allowed, as an operator would.
 */
final class Mirrors {
  private static final List<String> NAMES =
      List.of(
          "deb.debian.org",
          "security.debian.org",
          "registry.npmjs.org",
          "pypi.org",
          "files.pythonhosted.org",
          "proxy.golang.org",
          "sum.golang.org");

  private Mirrors() {}

  /** Options of {@code cairn serve}. */
  static List<String> options() {
    List<String> options = new ArrayList<>();
    for (String name : NAMES) {
      try {
        for (InetAddress address : InetAddress.getAllByName(name)) {
          boolean internal = !AddressPolicy.publicOnly().allows(address, 443);
          if (internal && !options.contains(address.getHostAddress())) {
            options.addAll(List.of("--allow-step-address", address.getHostAddress()));
          }
        }
      } catch (UnknownHostException e) {
        // Without the outside the tests that need it say so themselves.
      }
    }
    return options;
  }
}
