package dev.cairn.linux.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks the machine's resolvers, one after the other. Each question has a number and a port of its
 * own, which an outsider would have to guess to slip in an answer.
 */
final class Upstream {
  private static final Duration PATIENCE = Duration.ofMillis(1600);
  private static final int LARGEST = 65_535;

  private final Supplier<List<InetSocketAddress>> resolvers;
  private final SecureRandom random = new SecureRandom();

  Upstream(Supplier<List<InetSocketAddress>> resolvers) {
    this.resolvers = resolvers;
  }

  /** The first answer; nothing if nobody gives one in time. */
  Optional<Answer> ask(Query query, boolean reliably) {
    for (InetSocketAddress resolver : resolvers.get()) {
      try {
        return Optional.of(reliably ? byTcp(query, resolver) : byUdp(query, resolver));
      } catch (IOException | MessageException e) {
        // The next one may know.
      }
    }
    return Optional.empty();
  }

  private Answer byUdp(Query query, InetSocketAddress resolver)
      throws IOException, MessageException {
    int number = random.nextInt(1 << 16);
    byte[] question = query.asked(number);
    try (var socket = new DatagramSocket()) {
      socket.connect(resolver);
      socket.send(new DatagramPacket(question, question.length));
      byte[] buffer = new byte[query.mostBytes() + 1];
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        int left = (int) ((end - System.nanoTime()) / 1_000_000);
        if (left <= 0) {
          throw new SocketTimeoutException();
        }
        socket.setSoTimeout(left);
        var packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        if (packet.getLength() > query.mostBytes()) {
          throw new MessageException("larger than was asked for");
        }
        try {
          return Answer.parse(buffer, packet.getLength(), query, number);
        } catch (MessageException e) {
          // Perhaps a forgery: the true one may still come.
        }
      }
    }
  }

  private Answer byTcp(Query query, InetSocketAddress resolver)
      throws IOException, MessageException {
    int number = random.nextInt(1 << 16);
    byte[] question = query.asked(number);
    try (var socket = new Socket()) {
      socket.connect(resolver, (int) PATIENCE.toMillis());
      socket.setSoTimeout((int) PATIENCE.toMillis());
      byte[] framed = new byte[question.length + 2];
      framed[0] = (byte) (question.length >> 8);
      framed[1] = (byte) question.length;
      System.arraycopy(question, 0, framed, 2, question.length);
      socket.getOutputStream().write(framed);
      var in = new DataInputStream(socket.getInputStream());
      byte[] bytes = new byte[Math.min(LARGEST, in.readUnsignedShort())];
      in.readFully(bytes);
      return Answer.parse(bytes, bytes.length, query, number);
    }
  }
}
