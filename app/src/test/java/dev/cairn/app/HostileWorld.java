package dev.cairn.app;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a step must not reach: a port that is open on every address of this machine, and another
 * machine, really a network namespace behind a pair of devices, that has the addresses of a cloud's
 * metadata and of internal networks. Whoever connects is written down.
 */
final class HostileWorld implements AutoCloseable {
  /** Internal networks of every kind, and the address that gives away a cloud's credentials. */
  private static final Map<String, String> ADDRESSES =
      Map.of(
          "METADATA", "169.254.169.254",
          "LINK_LOCAL", "169.254.77.2",
          "TEN", "10.213.77.2",
          "TWELVE", "172.31.77.2",
          "SIXTEEN", "192.168.213.2",
          "SHARED", "100.127.77.2",
          "UNIQUE_LOCAL", "fd77:213::2");

  private final String name;
  private final int port;
  private final FileChannel lock;
  private final List<Watched> listeners = new ArrayList<>();

  private HostileWorld(String name, int port, FileChannel lock) {
    this.name = name;
    this.port = port;
    this.lock = lock;
  }

  /** Makes all of it; {@code listen} is the program that listens. */
  static HostileWorld create(Path listen) throws IOException, InterruptedException {
    int port;
    try (var probe = new ServerSocket(0)) {
      port = probe.getLocalPort();
    }
    // Its addresses are the same for every test run of this machine: one at a time.
    var lock =
        FileChannel.open(
            Path.of(System.getProperty("java.io.tmpdir"), "cairn-hostile-world.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    var world = new HostileWorld("cw" + ProcessHandle.current().pid(), port, lock);
    try {
      var _ = lock.lock();
      sweep();
      world.build(listen);
      world.prove();
      return world;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      world.close();
      throw e;
    }
  }

  private void build(Path listen) throws IOException, InterruptedException {
    ip("netns", "add", name);
    ip("link", "add", name + "a", "type", "veth", "peer", "name", name + "b");
    ip("link", "set", name + "b", "netns", name);
    ip("link", "set", name + "a", "up");
    ip("-n", name, "link", "set", name + "b", "up");
    ip("-n", name, "link", "set", "lo", "up");
    ip("addr", "add", "10.213.77.1/30", "dev", name + "a");
    ip("-n", name, "addr", "add", "10.213.77.2/30", "dev", name + "b");
    ip("-6", "addr", "add", "fd77:213::1/64", "dev", name + "a", "nodad");
    ip("-n", name, "-6", "addr", "add", "fd77:213::2/64", "dev", name + "b", "nodad");
    ip("-n", name, "route", "add", "default", "via", "10.213.77.1");
    for (String address : ADDRESSES.values()) {
      if (!address.contains(":") && !address.equals("10.213.77.2")) {
        ip("-n", name, "addr", "add", address + "/32", "dev", "lo");
        ip("route", "add", address + "/32", "via", "10.213.77.2", "dev", name + "a");
      }
    }
    String program = listen.toString();
    String number = Integer.toString(port);
    listeners.add(Watched.start("this machine", Map.of(), List.of(program, number)));
    listeners.add(
        Watched.start(
            "another machine", Map.of(), List.of("ip", "netns", "exec", name, program, number)));
  }

  /** Whoever holds the lock is alone: what is there of this kind is a killed run's. */
  private static void sweep() throws IOException, InterruptedException {
    Commands.Outcome all = Commands.run(Path.of("/"), Map.of(), List.of("ip", "netns", "list"));
    for (String line : all.output().lines().toList()) {
      String old = line.split(" ")[0];
      if (old.matches("cw[0-9]+")) {
        Commands.run(Path.of("/"), Map.of(), List.of("ip", "link", "delete", old + "a"));
        ip("netns", "delete", old);
      }
    }
  }

  /** A trap that nothing springs proves nothing. */
  private void prove() throws IOException, InterruptedException {
    for (String address : arguments().values()) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 3000);
      }
    }
    int expected = arguments().size();
    List<String> seen = new ArrayList<>();
    for (int n = 0; n < 100 && seen.size() < expected; n++) {
      Thread.sleep(20);
      seen.addAll(noticed());
    }
    if (seen.size() != expected) {
      throw new AssertionError("of " + arguments() + " only these were seen: " + seen);
    }
  }

  /** The addresses, by the names of build arguments. */
  Map<String, String> arguments() throws IOException {
    Map<String, String> all = new LinkedHashMap<>(ADDRESSES);
    all.put("LOOPBACK", "127.0.0.1");
    all.put("LOOPBACK6", "::1");
    for (NetworkInterface device : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (device.isLoopback() || !device.isUp() || device.getName().startsWith("cw")) {
        continue;
      }
      for (InetAddress address : Collections.list(device.getInetAddresses())) {
        if (address instanceof Inet4Address) {
          all.putIfAbsent("HOST", address.getHostAddress());
        } else if (address instanceof Inet6Address && !address.isLinkLocalAddress()) {
          all.putIfAbsent("HOST6", address.getHostAddress().replaceFirst("%.*", ""));
        }
      }
    }
    return all;
  }

  /** The port that is open on all of them. */
  int port() {
    return port;
  }

  /** Who came since it was last asked. */
  List<String> noticed() {
    return listeners.stream().flatMap(each -> each.noticed().stream()).toList();
  }

  private static void ip(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Commands.succeed(Path.of("/"), command.toArray(String[]::new));
  }

  @Override
  public void close() {
    listeners.forEach(Watched::close);
    try {
      // The pair of devices and the routes go with it.
      Commands.run(Path.of("/"), Map.of(), List.of("ip", "link", "delete", name + "a"));
      Commands.run(Path.of("/"), Map.of(), List.of("ip", "netns", "delete", name));
      lock.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
