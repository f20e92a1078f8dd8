package dev.cairn.linux.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private static Query query(byte[] bytes) throws MessageException {
    return Query.parse(bytes, bytes.length);
  }

  @Test
  void readsAQuestionAndAsksIt() throws MessageException {
    Query plain = query(Messages.question(0x1234, "WWW.example.org", Messages.A));
    assertThat(plain.name()).isEqualTo("www.example.org");
    assertThat(plain.mostBytes()).isEqualTo(512);
    assertThat(plain.asked(0x1234))
        .isEqualTo(Messages.question(0x1234, "WWW.example.org", Messages.A));
    byte[] extended = Messages.extendedQuestion(7, "a.b", Messages.A, 1232);
    assertThat(query(extended).asked(7)).isEqualTo(extended);
    assertThat(query(extended).mostBytes()).isEqualTo(1232);
  }

  @Test
  void clampsTheSizeThatAClientTakes() throws MessageException {
    assertThat(query(Messages.extendedQuestion(7, "a", 1, 65_535)).mostBytes()).isEqualTo(4096);
    assertThat(query(Messages.extendedQuestion(7, "a", 1, 0)).mostBytes()).isEqualTo(512);
  }

  @Test
  void writesBytesThatNoHostNameHasAsNumbers() throws MessageException {
    byte[] bytes = Messages.question(1, "a!b", Messages.A);
    bytes[14] = 0x1b;
    assertThat(query(bytes).name()).isEqualTo("a\\027b");
    bytes[14] = '.';
    assertThat(query(bytes).name()).isEqualTo("a\\046b");
  }

  @Test
  void refusesNamesThatNeverEnd() {
    byte[] loop = Messages.question(1, "ab", Messages.A);
    loop[12] = (byte) 0xc0;
    loop[13] = 12;
    assertThatThrownBy(() -> query(loop)).isInstanceOf(MessageException.class);
    byte[] forward = loop.clone();
    forward[13] = 14;
    assertThatThrownBy(() -> query(forward)).isInstanceOf(MessageException.class);
    byte[] two = Messages.question(1, "abc.def", Messages.A);
    two[16] = (byte) 0xc0;
    two[17] = 12;
    assertThatThrownBy(() -> query(two)).isInstanceOf(MessageException.class);
  }

  @Test
  void refusesWhatIsNotOneQuestion() {
    byte[] good = Messages.question(1, "a.example", Messages.A);
    for (int[] change :
        new int[][] {{2, 0x80}, {2, 0x10}, {5, 0}, {5, 2}, {7, 1}, {9, 1}, {11, 2}}) {
      byte[] bad = good.clone();
      bad[change[0]] = (byte) change[1];
      assertThatThrownBy(() -> query(bad))
          .as(Arrays.toString(change))
          .isInstanceOf(MessageException.class);
    }
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> query(cut)).isInstanceOf(MessageException.class);
    }
    assertThatThrownBy(() -> query(Arrays.copyOf(good, good.length + 1)))
        .isInstanceOf(MessageException.class);
  }

  @Test
  void refusesAQuestionWhoseNameGoesOnInTheHeader() {
    byte[] question = Messages.question(0x0161, "b.example", Messages.A);
    // "b" and then the two bytes of the number, read as the label "a".
    byte[] bent = Arrays.copyOf(question, question.length);
    bent[14] = (byte) 0xc0;
    bent[15] = 0;
    assertThatThrownBy(() -> query(bent))
        .isInstanceOf(MessageException.class)
        .hasMessageContaining("compressed");
  }

  @Test
  void refusesAnAddressOfAWrongLength() throws MessageException {
    byte[] question = Messages.question(1, "a", Messages.A);
    byte[] answer = Messages.answer(question, List.of(InetAddress.ofLiteral("192.0.2.1")));
    Query query = query(question);
    assertThat(Answer.parse(answer, answer.length, query, 1).addresses()).hasSize(1);
    byte[] claims = answer.clone();
    claims[answer.length - 5] = 3;
    assertThatThrownBy(() -> Answer.parse(claims, claims.length, query, 1))
        .isInstanceOf(MessageException.class);
  }

  /** {@code -Dcairn.fuzz.seconds} and {@code -Dcairn.fuzz.seed} change how long and which. */
  @Test
  void survivesRandomMessages() {
    double seconds = Double.parseDouble(System.getProperty("cairn.fuzz.seconds", "0.5"));
    long seed = Long.getLong("cairn.fuzz.seed", System.nanoTime());
    System.out.println("fuzzing messages of names from seed " + seed);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (; System.nanoTime() < end; seed++) {
      var random = new Random(seed);
      byte[] question =
          random.nextBoolean()
              ? Messages.question(random.nextInt(1 << 16), "ab.cd.example", Messages.A)
              : Messages.extendedQuestion(3, "x.y", Messages.AAAA, random.nextInt(1 << 16));
      byte[] answer =
          Messages.answer(
              question, List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("::1")));
      try {
        byte[] bad = changed(random, question);
        Query query = Query.parse(bad, bad.length);
        // What was read is asked and answered in the same words.
        byte[] asked = query.asked(7);
        assertThat(Query.parse(asked, asked.length).name()).isEqualTo(query.name());
        assertThat(query.name()).matches("[a-z0-9_\\\\.-]*");
      } catch (MessageException e) {
        // As it should be.
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("failed with -Dcairn.fuzz.seed=" + seed, e);
      }
      try {
        Query query = query(question);
        byte[] bad = changed(random, answer);
        Answer.parse(bad, bad.length, query, query.id())
            .addresses()
            .forEach(InetAddress::getAddress);
      } catch (MessageException e) {
        // As it should be.
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("failed with -Dcairn.fuzz.seed=" + seed, e);
      }
    }
  }

  private static byte[] changed(Random random, byte[] message) {
    byte[] bytes = message.clone();
    for (int i = random.nextInt(6); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) (0xc0 | random.nextInt(2));
        case 2 -> bytes = Arrays.copyOf(bytes, 1 + at);
        default -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
      }
    }
    return bytes;
  }
}
