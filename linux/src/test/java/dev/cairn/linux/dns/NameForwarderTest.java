package dev.cairn.linux.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NameForwarderTest {
  private static final InetAddress CLIENT = InetAddress.getLoopbackAddress();

  private FakeResolver resolver;
  private NameForwarder.Sockets sockets;
  private NameForwarder forwarder;
  private final FakeClient client = new FakeClient();

  /** Remembers what it is asked and decides as the test says. */
  private static final class FakeClient implements NameClient {
    final List<String> had = new CopyOnWriteArrayList<>();
    volatile Predicate<String> names = name -> true;
    volatile BiPredicate<String, List<InetAddress>> answers = (name, addresses) -> true;

    @Override
    public boolean mayAsk(String name) {
      return names.test(name);
    }

    @Override
    public boolean mayHave(String name, List<InetAddress> addresses) {
      had.add(name + " " + addresses);
      return answers.test(name, addresses);
    }
  }

  @BeforeEach
  void open() throws IOException {
    resolver = new FakeResolver().with("a.example", "192.0.2.7").with("big.example", many(200));
    sockets = NameForwarder.Sockets.open(CLIENT);
    forwarder = NameForwarder.start(sockets, () -> List.of(resolver.address()));
    forwarder.serve(CLIENT, client);
  }

  @AfterEach
  void close() throws IOException {
    forwarder.close();
    resolver.close();
  }

  private static String[] many(int count) {
    var all = new String[count];
    for (int i = 0; i < count; i++) {
      all[i] = "192.0.2." + i;
    }
    return all;
  }

  private byte[] ask(byte[] question) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(8000);
      socket.connect(CLIENT, sockets.port());
      socket.send(new DatagramPacket(question, question.length));
      var packet = new DatagramPacket(new byte[65_535], 65_535);
      socket.receive(packet);
      return Arrays.copyOf(packet.getData(), packet.getLength());
    }
  }

  private byte[] askByTcp(byte[] question) throws IOException {
    try (var socket = new Socket(CLIENT, sockets.port())) {
      socket.setSoTimeout(8000);
      socket
          .getOutputStream()
          .write(new byte[] {(byte) (question.length >> 8), (byte) question.length});
      socket.getOutputStream().write(question);
      var in = new DataInputStream(socket.getInputStream());
      return in.readNBytes(in.readUnsignedShort());
    }
  }

  private static int code(byte[] answer) {
    return answer[3] & 0xf;
  }

  private static int records(byte[] answer) {
    return ((answer[6] & 0xff) << 8) | (answer[7] & 0xff);
  }

  @Test
  void passesAnAnswerOnAsItIs() throws IOException {
    byte[] question = Messages.question(0xbeef, "A.Example", Messages.A);
    var addresses = resolver.zone.getOrDefault("a.example", List.of());
    resolver.zone.put("A.Example", addresses);

    byte[] answer = ask(question);

    assertThat(answer).isEqualTo(Messages.answer(question, addresses));
    assertThat(client.had).containsExactly("a.example [/192.0.2.7]");
  }

  @Test
  void asksUnderANumberAndAPortThatNobodyKnows() throws IOException {
    var numbers = new CopyOnWriteArrayList<Integer>();
    resolver.packets =
        question -> {
          numbers.add(((question[0] & 0xff) << 8) | (question[1] & 0xff));
          return List.of(resolver.answer(question));
        };
    for (int i = 0; i < 20; i++) {
      ask(Messages.question(7, "a.example", Messages.A));
    }
    assertThat(numbers.stream().distinct().count()).isGreaterThan(15);
  }

  @Test
  void deliversNoAnswerThatTheClientMayNotHave() throws IOException {
    client.answers = (name, addresses) -> false;

    byte[] answer = ask(Messages.question(5, "a.example", Messages.A));

    assertThat(code(answer)).isEqualTo(Query.NO_SUCH_NAME);
    assertThat(records(answer)).isZero();
    assertThat(answer[1]).isEqualTo((byte) 5);
  }

  @Test
  void findsAddressesInEveryPartOfAnAnswer() throws IOException {
    resolver.packets =
        question -> {
          byte[] answer = resolver.answer(question);
          // The one record moves from the answers to the additional ones.
          answer[7] = 0;
          answer[11] = 1;
          return List.of(answer);
        };
    ask(Messages.question(5, "a.example", 15));
    assertThat(client.had).containsExactly("a.example [/192.0.2.7]");
  }

  @Test
  void asksNobodyForANameThatTheClientMayNotAsk() throws IOException {
    client.names = name -> !name.equals("a.example");

    assertThat(code(ask(Messages.question(5, "a.example", Messages.A))))
        .isEqualTo(Query.NO_SUCH_NAME);
    assertThat(resolver.asked).isEmpty();
  }

  @Test
  void saysThatThereAreNoAddressesOfTheOtherFamilyAndNoHintsOfThem() throws IOException {
    resolver.with("six.example", "2001:4860::8");
    for (int type : new int[] {Messages.AAAA, 64, 65, 255, 252, 251}) {
      byte[] answer = ask(Messages.question(5, "six.example", type));
      assertThat(code(answer)).as("type " + type).isZero();
      assertThat(records(answer)).as("type " + type).isZero();
    }
    assertThat(resolver.asked).isEmpty();
  }

  @Test
  void answersByTcpAsWell() throws IOException {
    byte[] question = Messages.question(9, "big.example", Messages.A);

    byte[] answer = askByTcp(question);

    assertThat(records(answer)).isEqualTo(200);
    assertThat(resolver.asked).containsExactly("tcp big.example");
  }

  @Test
  void takesNoDatagramLargerThanTheClientDoes() throws IOException {
    // A resolver that sends more than was asked for is one that cannot be believed.
    assertThat(code(ask(Messages.question(9, "big.example", Messages.A))))
        .isEqualTo(Query.SERVER_FAILURE);
    assertThat(records(ask(Messages.extendedQuestion(9, "big.example", Messages.A, 4096))))
        .isEqualTo(200);
  }

  @Test
  void waitsForTheTrueAnswerWhenForgedOnesComeFirst() throws IOException {
    resolver.packets =
        question -> {
          byte[] true1 = resolver.answer(question);
          byte[] number = true1.clone();
          number[1] ^= 1;
          byte[] other = Messages.answer(Messages.question(0, "b.example", Messages.A), List.of());
          other[0] = question[0];
          other[1] = question[1];
          byte[] aQuestion = true1.clone();
          aQuestion[2] &= 0x7f;
          return List.of(number, other, aQuestion, new byte[3], new byte[0], true1);
        };
    assertThat(records(ask(Messages.question(5, "a.example", Messages.A)))).isEqualTo(1);
  }

  @Test
  void asksTheNextResolverWhenTheFirstSaysNothing() throws IOException {
    try (var silent = new FakeResolver()) {
      silent.packets = question -> List.of();
      var both = List.of(silent.address(), resolver.address());
      byte[] answer =
          new Upstream(() -> both)
              .ask(query("a.example"), false)
              .orElseThrow()
              .to(query("a.example"));
      assertThat(records(answer)).isEqualTo(1);
    }
    assertThat(new Upstream(List::of).ask(query("a.example"), false)).isEmpty();
  }

  private static Query query(String name) {
    byte[] bytes = Messages.question(1, name, Messages.A);
    try {
      return Query.parse(bytes, bytes.length);
    } catch (MessageException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void answersNoStrangerAndNoGarbage() throws IOException {
    forwarder.forget(CLIENT);
    assertThatThrownBy(() -> ask(Messages.question(5, "a.example", Messages.A), 300))
        .isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(() -> askByTcp(Messages.question(5, "a.example", Messages.A)))
        .isInstanceOf(IOException.class);
    forwarder.serve(CLIENT, client);
    byte[] answer = Messages.answer(Messages.question(5, "a.example", Messages.A), List.of());
    for (byte[] garbage : List.of(new byte[0], new byte[11], answer, new byte[600])) {
      assertThatThrownBy(() -> ask(garbage, 300)).isInstanceOf(SocketTimeoutException.class);
    }
    assertThat(resolver.asked).isEmpty();
    assertThat(records(ask(Messages.question(5, "a.example", Messages.A)))).isEqualTo(1);
  }

  private byte[] ask(byte[] question, int patience) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(patience);
      socket.connect(CLIENT, sockets.port());
      socket.send(new DatagramPacket(question, question.length));
      var packet = new DatagramPacket(new byte[1000], 1000);
      socket.receive(packet);
      return packet.getData();
    }
  }

  @Test
  void answersAFloodOnlyInPart() throws Exception {
    byte[] question = Messages.question(5, "a.example", Messages.A);
    try (var socket = new DatagramSocket()) {
      socket.connect(CLIENT, sockets.port());
      for (int i = 0; i < 20_000; i++) {
        socket.send(new DatagramPacket(question, question.length));
      }
    }
    Thread.sleep(1000);
    // What there is for a moment, and a second or two of what there is always.
    assertThat(resolver.asked.size()).isBetween(1, 5000);
    Thread.sleep(1000);
    assertThat(records(ask(question))).isEqualTo(1);
  }

  @Test
  void holdsNoMoreConnectionsOfOneClientThanItsShare() throws IOException {
    var open = new CopyOnWriteArrayList<Socket>();
    try {
      int ended = 0;
      for (int i = 0; i < 20; i++) {
        var socket = new Socket(CLIENT, sockets.port());
        open.add(socket);
        socket.setSoTimeout(300);
        try {
          ended += socket.getInputStream().read() < 0 ? 1 : 0;
        } catch (SocketTimeoutException e) {
          // It is kept and waits for a question.
        }
      }
      assertThat(ended).isEqualTo(12);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
