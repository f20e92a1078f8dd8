package dev.cairn.linux.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A resolver on the loopback that knows what a test tells it and remembers what it was asked. */
public final class FakeResolver implements AutoCloseable {
  private final DatagramSocket datagrams;
  private final ServerSocket connections;

  /** The addresses of names. */
  public final Map<String, List<InetAddress>> zone = new ConcurrentHashMap<>();

  /** The names that were asked for. */
  public final List<String> asked = new CopyOnWriteArrayList<>();

  /** What it sends by UDP instead of one answer. */
  public volatile Function<byte[], List<byte[]>> packets = question -> List.of(answer(question));

  /** Starts it. */
  public FakeResolver() throws IOException {
    datagrams = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    connections = new ServerSocket(datagrams.getLocalPort(), 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::datagrams);
    Thread.ofPlatform().daemon().start(this::connections);
  }

  /** Where it is. */
  public InetSocketAddress address() {
    return (InetSocketAddress) datagrams.getLocalSocketAddress();
  }

  /** Adds a name. */
  public FakeResolver with(String name, String... addresses) {
    var all = new ArrayList<InetAddress>();
    for (String address : addresses) {
      all.add(InetAddress.ofLiteral(address));
    }
    zone.put(name, all);
    return this;
  }

  /** Its usual answer. */
  public byte[] answer(byte[] question) {
    List<InetAddress> addresses = zone.get(Messages.name(question));
    return addresses == null ? Messages.noSuchName(question) : Messages.answer(question, addresses);
  }

  private void datagrams() {
    var packet = new DatagramPacket(new byte[2000], 2000);
    while (!datagrams.isClosed()) {
      try {
        datagrams.receive(packet);
        byte[] question = Arrays.copyOf(packet.getData(), packet.getLength());
        asked.add(Messages.name(question));
        for (byte[] answer : packets.apply(question)) {
          datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        // Closed, or its client is gone.
      }
    }
  }

  private void connections() {
    while (!connections.isClosed()) {
      try (var socket = connections.accept()) {
        var in = new DataInputStream(socket.getInputStream());
        byte[] question = in.readNBytes(in.readUnsignedShort());
        asked.add("tcp " + Messages.name(question));
        byte[] answer = answer(question);
        socket
            .getOutputStream()
            .write(new byte[] {(byte) (answer.length >> 8), (byte) answer.length});
        socket.getOutputStream().write(answer);
      } catch (IOException e) {
        // Closed, or its client is gone.
      }
    }
  }

  @Override
  public void close() throws IOException {
    datagrams.close();
    connections.close();
  }
}
