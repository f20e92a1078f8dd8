package dev.cairn.dockerfile.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One word of EXPOSE.
 *
 * @param ports single ports such as {@code 80/tcp}, in order
 * @param hostPart true if an address or a host port was given, which is ignored
 * @param upperCaseProtocol true if the protocol was not written in lower case
 */
public record Ports(List<String> ports, boolean hostPart, boolean upperCaseProtocol) {
  private static final int HIGHEST = 65535;

  public Ports {
    ports = List.copyOf(ports);
  }

  /**
   * Reads {@code [[ip:]host:]port[-port][/protocol]}; only the container's side is kept.
   *
   * @throws IllegalArgumentException for a bad port, range or protocol
   */
  public static Ports parse(String word) {
    int slash = word.indexOf('/');
    String protocol = slash < 0 ? "tcp" : word.substring(slash + 1);
    String address = slash < 0 ? word : word.substring(0, slash);
    String lower = protocol.toLowerCase(Locale.ROOT);
    if (!List.of("tcp", "udp", "sctp").contains(lower)) {
      throw new IllegalArgumentException("invalid proto: " + protocol);
    }
    int colon = address.lastIndexOf(':');
    String range = address.substring(colon + 1);
    if (range.isEmpty()) {
      throw new IllegalArgumentException("no port specified: " + word + "<empty>");
    }
    if (colon >= 0) {
      checkHost(address.substring(0, colon), range, word);
    }
    int dash = range.indexOf('-');
    int first = port(dash < 0 ? range : range.substring(0, dash), word);
    int last = dash < 0 ? first : port(range.substring(dash + 1), word);
    if (last < first) {
      throw new IllegalArgumentException(
          "invalid containerPort: " + range + ": invalid range specified for port");
    }
    var ports = new ArrayList<String>();
    for (int port = first; port <= last; port++) {
      ports.add(port + "/" + lower);
    }
    return new Ports(ports, colon >= 0, !lower.equals(protocol));
  }

  private static void checkHost(String host, String range, String word) {
    String hostPorts = host.substring(host.lastIndexOf(':') + 1);
    if (hostPorts.isEmpty() || hostPorts.endsWith("]")) {
      return;
    }
    int dash = hostPorts.indexOf('-');
    int first = hostPort(dash < 0 ? hostPorts : hostPorts.substring(0, dash), word);
    int last = dash < 0 ? first : hostPort(hostPorts.substring(dash + 1), word);
    boolean range2 = range.indexOf('-') >= 0;
    if (last < first || (dash >= 0 && !range2 && last == first)) {
      throw new IllegalArgumentException("invalid hostPort: " + hostPorts);
    }
  }

  private static int hostPort(String text, String word) {
    return number(text, "invalid hostPort: " + text + " in " + word);
  }

  private static int port(String text, String word) {
    return number(text, "invalid containerPort: " + text + " in " + word);
  }

  private static int number(String text, String sentence) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > HIGHEST) {
      throw new IllegalArgumentException(sentence);
    }
    return Integer.parseInt(text);
  }
}
