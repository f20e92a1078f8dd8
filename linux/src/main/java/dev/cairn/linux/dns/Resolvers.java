package dev.cairn.linux.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The machine's own resolvers: the {@code nameserver} lines of resolv.conf(5). */
public record Resolvers(Path file) implements Supplier<List<InetSocketAddress>> {
  private static final int PORT = 53;
  private static final int MOST = 3;

  /** Those of /etc/resolv.conf. */
  public static final Resolvers OF_THE_MACHINE = new Resolvers(Path.of("/etc/resolv.conf"));

  /** As the file says now; it changes when a machine moves between networks. */
  @Override
  public List<InetSocketAddress> get() {
    var all = new ArrayList<InetSocketAddress>();
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      text = "";
    }
    for (String line : text.lines().toList()) {
      String[] words = line.strip().split("\\s+");
      if (words.length >= 2 && words[0].equals("nameserver") && all.size() < MOST) {
        try {
          all.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), PORT));
        } catch (IllegalArgumentException e) {
          // As resolv.conf(5) has it, what is not an address does not count.
        }
      }
    }
    // As resolv.conf(5) has it as well.
    return all.isEmpty()
        ? List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT))
        : all;
  }
}
