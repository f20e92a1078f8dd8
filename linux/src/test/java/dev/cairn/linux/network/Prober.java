package dev.cairn.linux.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * Tries addresses from inside a step's network, by TCP, by UDP, and through sockets of IPv6 that
 * speak to mapped addresses. It has more power there than a step: it can switch IPv6 on and take
 * the loopback's routes away, so that nothing but the packet filter stands in the way.
 */
final class Prober {
  private static final int PATIENCE_MILLIS = 1500;

  private final Ground step;

  /** What answered by TCP. */
  final Set<String> connected = ConcurrentHashMap.newKeySet();

  Prober(StepNetwork network) {
    this.step = World.ground(network.namespaces());
  }

  /** Sends everything out through the one device, whatever it is for. */
  void unleash(InetAddress gateway) throws IOException {
    step.set(
        List.of(
            "ipv6/conf/all/disable_ipv6",
            "ipv6/conf/default/disable_ipv6",
            "ipv6/conf/eth0/disable_ipv6"),
        "0");
    step.set(List.of("ipv4/conf/all/route_localnet", "ipv4/conf/eth0/route_localnet"), "1");
    String mac = peer(gateway);
    step.ip(
        List.of(
            "address delete 127.0.0.1/8 dev lo",
            "address add fd55::2/64 dev eth0 nodad",
            "neighbour replace " + gateway.getHostAddress() + " lladdr " + mac + " dev eth0",
            "neighbour replace fd55::1 lladdr " + mac + " dev eth0",
            "route add default via fd55::1 dev eth0"));
  }

  /** The hardware address at the other end, as the step learns it. */
  private String peer(InetAddress gateway) throws IOException {
    udp(List.of(gateway.getHostAddress()), StandardProtocolFamily.INET);
    for (int i = 0; i < 50; i++) {
      for (var neighbour : Uplink.array(step.ask("neighbour", "show", "dev", "eth0"))) {
        String mac = neighbour.path("lladdr").asString("");
        if (!mac.isEmpty()) {
          return mac;
        }
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    throw new IOException("the gateway does not answer");
  }

  /** Tries all of them in every way. */
  void probe(List<String> addresses) throws IOException {
    List<String> four = addresses.stream().filter(each -> each.indexOf(':') < 0).toList();
    List<String> six = addresses.stream().filter(each -> each.indexOf(':') >= 0).toList();
    udp(four, StandardProtocolFamily.INET);
    udp(four, StandardProtocolFamily.INET6);
    udp(six, StandardProtocolFamily.INET6);
    tcp(four, StandardProtocolFamily.INET);
    tcp(four, StandardProtocolFamily.INET6);
    tcp(six, StandardProtocolFamily.INET6);
  }

  void udp(List<String> addresses, ProtocolFamily family) throws IOException {
    step.call(() -> {
      try (var channel = DatagramChannel.open(family)) {
        channel.socket().setBroadcast(true);
        for (String address : addresses) {
          try {
            channel.send(
                ByteBuffer.wrap(address.getBytes(StandardCharsets.UTF_8)),
                new InetSocketAddress(InetAddress.ofLiteral(address), World.PORT));
          } catch (IOException e) {
            // The kernel itself does not send it: so much the better.
          }
        }
      }
      return true;
    });
  }

  private void tcp(List<String> addresses, ProtocolFamily family) throws IOException {
    var channels = new ArrayList<SocketChannel>();
    step.call(() -> {
      for (int i = 0; i < addresses.size(); i++) {
        channels.add(SocketChannel.open(family));
      }
      return true;
    });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < addresses.size(); i++) {
        String address = addresses.get(i);
        SocketChannel channel = channels.get(i);
        threads.execute(() -> connect(channel, address));
      }
    }
  }

  private void connect(SocketChannel channel, String address) {
    try (channel) {
      channel
          .socket()
          .connect(
              new InetSocketAddress(InetAddress.ofLiteral(address), World.PORT), PATIENCE_MILLIS);
      connected.add(address);
    } catch (IOException | RuntimeException e) {
      // Refused, unreachable, or nobody there.
    }
  }
}
