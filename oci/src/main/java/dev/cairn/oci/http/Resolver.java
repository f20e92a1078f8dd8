package dev.cairn.oci.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Turns a host name into addresses; asked once per connection, its answer is checked and then used.
 */
@FunctionalInterface
public interface Resolver {

  /** All addresses of the name, at least one; an unknown name is an error. */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /** The system's resolver. */
  static Resolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
