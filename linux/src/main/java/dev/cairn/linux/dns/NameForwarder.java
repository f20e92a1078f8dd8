package dev.cairn.linux.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Answers the look-ups of steps by asking the machine's resolvers. A client is known by its source
 * address, which the packet filter vouches for; nobody else is answered. What may be asked and
 * delivered is the client's own business ({@link NameClient}); answers are passed on as they are or
 * not at all.
 *
 * <p>Addresses of IPv6 are never delivered, for steps have none of their own: such questions are
 * answered as having no records, as are those for kinds of records that carry addresses in another
 * form (SVCB, HTTPS) or everything at once.
 */
public final class NameForwarder implements AutoCloseable {
  private static final int SVCB = 64;
  private static final int HTTPS = 65;
  private static final int TRANSFERS = 251;
  private static final int ANY = 255;
  private static final int AT_ONCE = 512;
  private static final int CONNECTIONS = 128;
  private static final int CONNECTIONS_PER_CLIENT = 8;
  private static final int QUESTIONS_PER_CONNECTION = 200;
  private static final int PATIENCE_MILLIS = 10_000;

  private final Sockets sockets;
  private final Upstream upstream;
  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Semaphore freeConnections = new Semaphore(CONNECTIONS);
  private final Map<InetAddress, Client> clients = new ConcurrentHashMap<>();

  private record Client(NameClient client, Allowance allowance, Semaphore freeConnections) {}

  /**
   * The two it listens on, of the same port.
   *
   * @param datagrams bound
   * @param connections bound
   */
  public record Sockets(DatagramChannel datagrams, ServerSocketChannel connections)
      implements AutoCloseable {
    private static final int ATTEMPTS = 20;

    /** Opens them in the network of the calling thread, on a port that is free for both. */
    public static Sockets open(InetAddress address) throws IOException {
      IOException failure = new IOException("no port is free at " + address.getHostAddress());
      for (int i = 0; i < ATTEMPTS; i++) {
        var connections = ServerSocketChannel.open(StandardProtocolFamily.INET);
        var datagrams = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
          connections.bind(new InetSocketAddress(address, 0));
          datagrams.bind(connections.getLocalAddress());
          return new Sockets(datagrams, connections);
        } catch (IOException e) {
          failure = e;
          connections.close();
          datagrams.close();
        }
      }
      throw failure;
    }

    /** The port of both. */
    public int port() throws IOException {
      return ((InetSocketAddress) connections.getLocalAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
      try (datagrams) {
        connections.close();
      }
    }
  }

  private NameForwarder(Sockets sockets, Supplier<List<InetSocketAddress>> resolvers) {
    this.sockets = sockets;
    this.upstream = new Upstream(resolvers);
  }

  /** Listens, until closed, on sockets that it closes then. */
  public static NameForwarder start(Sockets sockets, Supplier<List<InetSocketAddress>> resolvers) {
    var forwarder = new NameForwarder(sockets, resolvers);
    Thread.ofPlatform().daemon().name("names-udp").start(forwarder::takeDatagrams);
    Thread.ofPlatform().daemon().name("names-tcp").start(forwarder::takeConnections);
    return forwarder;
  }

  /** Answers the client at this address from now on. */
  public void serve(InetAddress address, NameClient client) {
    clients.put(
        address,
        new Client(
            client, new Allowance(System.nanoTime()), new Semaphore(CONNECTIONS_PER_CLIENT)));
  }

  /** Answers it no more. */
  public void forget(InetAddress address) {
    clients.remove(address);
  }

  private void takeDatagrams() {
    var buffer = ByteBuffer.allocate(Query.LARGEST + 1);
    while (true) {
      buffer.clear();
      SocketAddress from;
      try {
        from = sockets.datagrams().receive(buffer);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // An error of one packet, such as a port that is unreachable.
        continue;
      }
      buffer.flip();
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      Optional<Client> client = client(from);
      if (client.isPresent()
          && client.get().allowance().take(System.nanoTime())
          && inTime(client.get())) {
        Thread.ofVirtual().name("name").start(() -> answerDatagram(bytes, from, client.get()));
      }
    }
  }

  /** Whether there is room for one more question; the client's allowance is given back if not. */
  private boolean inTime(Client client) {
    if (free.tryAcquire()) {
      return true;
    }
    client.allowance().giveBack();
    return false;
  }

  private void answerDatagram(byte[] bytes, SocketAddress from, Client client) {
    try {
      Query query = Query.parse(bytes, bytes.length);
      byte[] answer = answer(query, client.client(), false);
      sockets.datagrams().send(ByteBuffer.wrap(answer), from);
    } catch (MessageException | IOException e) {
      // Garbage is not answered; a client that is gone needs no answer.
    } finally {
      free.release();
      client.allowance().giveBack();
    }
  }

  private Optional<Client> client(SocketAddress from) {
    return from instanceof InetSocketAddress address
        ? Optional.ofNullable(clients.get(address.getAddress()))
        : Optional.empty();
  }

  private void takeConnections() {
    while (true) {
      Socket socket;
      try {
        socket = sockets.connections().accept().socket();
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        continue;
      }
      Optional<Client> client = client(socket.getRemoteSocketAddress());
      if (client.isEmpty() || !client.get().freeConnections().tryAcquire()) {
        close(socket);
      } else if (!freeConnections.tryAcquire()) {
        client.get().freeConnections().release();
        close(socket);
      } else {
        Thread.ofVirtual().name("names").start(() -> answerConnection(socket, client.get()));
      }
    }
  }

  private void answerConnection(Socket socket, Client client) {
    try (socket) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      var in = new DataInputStream(socket.getInputStream());
      var out = socket.getOutputStream();
      for (int i = 0; i < QUESTIONS_PER_CONNECTION; i++) {
        int length = in.readUnsignedShort();
        if (length > Query.LARGEST || !client.allowance().take(System.nanoTime())) {
          return;
        }
        try {
          byte[] bytes = in.readNBytes(length);
          byte[] answer = answer(Query.parse(bytes, bytes.length), client.client(), true);
          byte[] framed = new byte[answer.length + 2];
          framed[0] = (byte) (answer.length >> 8);
          framed[1] = (byte) answer.length;
          System.arraycopy(answer, 0, framed, 2, answer.length);
          out.write(framed);
        } finally {
          client.allowance().giveBack();
        }
      }
    } catch (IOException | MessageException e) {
      // The connection is over, by its end or by garbage.
    } finally {
      client.freeConnections().release();
      freeConnections.release();
    }
  }

  private byte[] answer(Query query, NameClient client, boolean reliably) throws IOException {
    if (query.recordClass() != 1) {
      return query.answered(Query.NOT_IMPLEMENTED);
    }
    if (!client.mayAsk(query.name())) {
      // Not "refused": some clients take that for a fault of this server and wait for another.
      return query.answered(Query.NO_SUCH_NAME);
    }
    if (withoutAnswer(query.type())) {
      return query.answered(Query.NO_ERROR);
    }
    Optional<Answer> answer = upstream.ask(query, reliably);
    if (answer.isEmpty()) {
      return query.answered(Query.SERVER_FAILURE);
    }
    if (!client.mayHave(query.name(), answer.get().addresses())) {
      return query.answered(Query.NO_SUCH_NAME);
    }
    return answer.get().to(query);
  }

  private static boolean withoutAnswer(int type) {
    return type == Query.AAAA
        || type == SVCB
        || type == HTTPS
        || (type >= TRANSFERS && type <= ANY);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more either way.
    }
  }

  @Override
  public void close() throws IOException {
    sockets.close();
  }
}
