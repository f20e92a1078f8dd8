package dev.cairn.linux.network;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How an installation's steps are joined to the outside.
 *
 * @param name of the bridge and the table, and how the names of all devices begin; two
 *     installations on one machine need two, see {@link #name}
 * @param refused ranges that no step reaches, whatever it asks for
 * @param allowed what steps reach although it lies in a refused range or is the machine itself
 * @param spare how many networks are kept ready
 * @param inside the network namespace that steps go out through, if it is not this process's own;
 *     names are still looked up from this process's
 * @param resolvers whom to ask for names, asked anew for each look-up
 */
public record NetworkSettings(
    String name,
    List<AddressRange> refused,
    List<AllowedAddress> allowed,
    int spare,
    Optional<Path> inside,
    Supplier<List<InetSocketAddress>> resolvers) {
  private static final int MOST_ALLOWED = 1000;

  /** Checks and copies. */
  public NetworkSettings {
    refused = List.copyOf(refused);
    allowed = List.copyOf(allowed);
    if (!name.matches("[a-z][a-z0-9]{0,10}")) {
      throw new IllegalArgumentException("not a name for devices: " + name);
    }
    if (spare < 1 || spare > Subnet.ADDRESSES / 2) {
      throw new IllegalArgumentException(
          "1 to " + Subnet.ADDRESSES / 2 + " networks are kept ready, not " + spare);
    }
    if (allowed.size() > MOST_ALLOWED) {
      throw new IllegalArgumentException("at most " + MOST_ALLOWED + " allowed addresses");
    }
  }

  /** The name of an installation: eleven characters, different for different prefixes. */
  public static String name(String prefix) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(prefix.getBytes(StandardCharsets.UTF_8));
      return "cairn" + HexFormat.of().formatHex(digest, 0, 3);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
