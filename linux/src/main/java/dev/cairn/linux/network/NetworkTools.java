package dev.cairn.linux.network;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The programs that set up networks, as they are installed here. */
public final class NetworkTools {
  private static final List<String> PLACES =
      List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin");

  /**
   * A program that is needed.
   *
   * @param program its name
   * @param debianPackage what to install for it on Debian and Ubuntu
   */
  public record Tool(String program, String debianPackage) {
    /** Where it is. */
    public Optional<Path> find() {
      return PLACES.stream()
          .map(place -> Path.of(place, program))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  /** Devices, addresses and routes. */
  public static final Tool IP = new Tool("ip", "iproute2");

  /** The packet filter. */
  public static final Tool NFT = new Tool("nft", "nftables");

  /** Enters namespaces. */
  public static final Tool NSENTER = new Tool("nsenter", "util-linux");

  /** All that are needed. */
  public static final List<Tool> ALL = List.of(IP, NFT, NSENTER);

  private NetworkTools() {}

  /** Fails with what to install if one of them is not there. */
  static void require(List<Tool> tools) throws NetworkException {
    var missing = new ArrayList<Tool>(tools);
    missing.removeIf(tool -> tool.find().isPresent());
    if (!missing.isEmpty()) {
      throw new NetworkException(
          "the network of steps needs "
              + String.join(" and ", missing.stream().map(Tool::program).toList())
              + ", which is not installed",
          "apt-get install -y "
              + String.join(" ", missing.stream().map(Tool::debianPackage).toList()));
    }
  }

  static String path(Tool tool) throws NetworkException {
    return tool.find()
        .orElseThrow(() ->
            new NetworkException(
                tool.program() + " is not installed", "apt-get install -y " + tool.debianPackage()))
        .toString();
  }
}
