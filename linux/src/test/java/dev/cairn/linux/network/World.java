package dev.cairn.linux.network;

import dev.cairn.linux.namespace.NamespaceMaker;
import dev.cairn.linux.namespace.StepNamespaces;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A machine with one way out and everything beyond it, as two namespaces: beyond, every address
 * there is answers on one port and writes down that it was reached; so does the machine itself on
 * its own addresses. What a packet filter lets through is therefore seen, not inferred.
 */
final class World implements AutoCloseable {
  static final int PORT = 4711;
  static final String MACHINE = "192.0.2.2";
  static final String MACHINE_PUBLIC = "1.0.0.2";
  static final String MACHINE_SIX = "fd00::2";

  private final StepNamespaces machine;
  private final StepNamespaces beyond;
  private final List<Closeable> sockets = new ArrayList<>();

  /** Addresses that were reached, with what by. */
  final Set<String> reached = ConcurrentHashMap.newKeySet();

  World() throws IOException {
    var maker = new NamespaceMaker(Optional.empty());
    machine = maker.make();
    beyond = maker.make();
    ground(machine)
        .ip(
            List.of(
                "link set dev lo up",
                "link add up0 mtu 1400 type veth peer name down0 mtu 1400 netns " + path(beyond),
                "address add " + MACHINE + "/24 dev up0",
                "address add " + MACHINE_PUBLIC + "/32 dev up0",
                "address add " + MACHINE_SIX + "/64 dev up0 nodad",
                "link set dev up0 up",
                "route add default via 192.0.2.1",
                "route add default via fd00::1"));
    ground(beyond)
        .ip(
            List.of(
                "link set dev lo up",
                "address add 192.0.2.1/24 dev down0",
                "address add fd00::1/64 dev down0 nodad",
                "link set dev down0 up",
                "route add local 0.0.0.0/0 dev lo",
                "route add local ::/0 dev lo"));
    // Whatever protects elsewhere by accident is switched off here.
    ground(machine)
        .set(List.of("ipv4/conf/all/route_localnet", "ipv4/conf/up0/route_localnet"), "1");
    ground(machine).set(List.of("ipv6/conf/all/forwarding"), "1");
    ground(beyond)
        .set(List.of("ipv4/conf/all/route_localnet", "ipv4/conf/down0/route_localnet"), "1");
    sockets.add(listen(machine, "machine "));
    sockets.add(listen(beyond, ""));
  }

  static Ground ground(StepNamespaces namespaces) {
    return Ground.at(path(namespaces));
  }

  static Path path(StepNamespaces namespaces) {
    return StepNamespaces.path(namespaces.network());
  }

  /** The machine that steps run on. */
  Path machine() {
    return path(machine);
  }

  Ground machineGround() {
    return ground(machine);
  }

  Ground beyondGround() {
    return ground(beyond);
  }

  /** Writes down what arrives somewhere, with this before it; until it is closed. */
  Closeable listen(StepNamespaces where, String prefix) throws IOException {
    return ground(where)
        .call(() -> {
          var server = ServerSocketChannel.open(StandardProtocolFamily.INET6);
          server.bind(new InetSocketAddress("::", PORT), 1000);
          var datagrams = DatagramChannel.open(StandardProtocolFamily.INET6);
          datagrams.bind(new InetSocketAddress("::", PORT));
          Thread.ofPlatform().daemon().start(() -> accept(server, prefix));
          Thread.ofPlatform().daemon().start(() -> receive(datagrams, prefix));
          return () -> {
            server.close();
            datagrams.close();
          };
        });
  }

  /** Tries to reach an address from beyond. */
  void send(String address) throws IOException {
    beyondGround()
        .call(() -> {
          try (var datagrams = DatagramChannel.open(StandardProtocolFamily.INET);
              var channel = SocketChannel.open(StandardProtocolFamily.INET)) {
            datagrams.send(
                ByteBuffer.wrap(address.getBytes(StandardCharsets.UTF_8)),
                new InetSocketAddress(address, PORT));
            channel.socket().connect(new InetSocketAddress(address, PORT), 1000);
          } catch (IOException e) {
            // As it should be.
          }
          return true;
        });
  }

  /** Sends so many bytes to one who connects to the next port beyond. */
  Closeable pour(long bytes) throws IOException {
    return ground(beyond)
        .call(() -> {
          var server = ServerSocketChannel.open(StandardProtocolFamily.INET);
          server.bind(new InetSocketAddress("0.0.0.0", PORT + 1));
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try (SocketChannel channel = server.accept()) {
                  var buffer = ByteBuffer.allocateDirect(1 << 18);
                  for (long sent = 0; sent < bytes; ) {
                    sent += channel.write(buffer.hasRemaining() ? buffer : buffer.clear());
                  }
                } catch (IOException e) {
                  // The other end has had enough.
                }
              });
          return server;
        });
  }

  private void accept(ServerSocketChannel server, String prefix) {
    while (true) {
      try (SocketChannel channel = server.accept()) {
        var local = (InetSocketAddress) channel.getLocalAddress();
        reached.add(prefix + "tcp " + local.getAddress().getHostAddress());
        channel.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.UTF_8)));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // An error of one packet or connection.
      }
    }
  }

  private void receive(DatagramChannel datagrams, String prefix) {
    var buffer = ByteBuffer.allocate(2000);
    while (true) {
      try {
        buffer.clear();
        datagrams.receive(buffer);
        // The sender writes where it sends to: a datagram does not say where it arrived.
        String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
        reached.add(prefix + "udp " + text);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // An error of one packet or connection.
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable socket : sockets) {
      socket.close();
    }
    machine.close();
    beyond.close();
  }
}
