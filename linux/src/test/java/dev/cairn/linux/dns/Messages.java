package dev.cairn.linux.dns;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Messages as clients and resolvers write them, by hand. */
public final class Messages {
  public static final int A = 1;
  public static final int AAAA = 28;

  private Messages() {}

  /** A question without EDNS. */
  public static byte[] question(int id, String name, int type) {
    var out = new ByteArrayOutputStream();
    head(out, id, 0x0100, 1, 0, 0);
    name(out, name);
    two(out, type);
    two(out, 1);
    return out.toByteArray();
  }

  /** A question of a client that takes answers of this size. */
  public static byte[] extendedQuestion(int id, String name, int type, int size) {
    var out = new ByteArrayOutputStream();
    head(out, id, 0x0120, 1, 0, 1);
    name(out, name);
    two(out, type);
    two(out, 1);
    out.write(0);
    two(out, 41);
    two(out, size);
    two(out, 0);
    two(out, 0x8000);
    two(out, 0);
    return out.toByteArray();
  }

  /** The answer with these addresses under a name that points back to the question's. */
  public static byte[] answer(byte[] question, List<InetAddress> addresses) {
    var out = new ByteArrayOutputStream();
    head(out, ((question[0] & 0xff) << 8) | (question[1] & 0xff), 0x8180, 1, addresses.size(), 0);
    out.write(question, 12, end(question) - 12);
    for (InetAddress address : addresses) {
      byte[] bytes = address.getAddress();
      two(out, 0xc00c);
      two(out, bytes.length == 4 ? A : AAAA);
      two(out, 1);
      two(out, 0);
      two(out, 60);
      two(out, bytes.length);
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  /** That there is no such name. */
  public static byte[] noSuchName(byte[] question) {
    byte[] answer = answer(question, List.of());
    answer[3] |= 3;
    return answer;
  }

  /** Where the question itself ends. */
  private static int end(byte[] question) {
    int at = 12;
    while (question[at] != 0) {
      at += question[at] + 1;
    }
    return at + 5;
  }

  /** The name that a question asks for. */
  public static String name(byte[] question) {
    var text = new StringBuilder();
    for (int at = 12; question[at] != 0; at += question[at] + 1) {
      text.append(text.isEmpty() ? "" : ".");
      text.append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII));
    }
    return text.toString();
  }

  private static void head(
      ByteArrayOutputStream out, int id, int flags, int questions, int answers, int additional) {
    two(out, id);
    two(out, flags);
    two(out, questions);
    two(out, answers);
    two(out, 0);
    two(out, additional);
  }

  private static void name(ByteArrayOutputStream out, String name) {
    for (String label : name.split("\\.")) {
      byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
      out.write(bytes.length);
      out.writeBytes(bytes);
    }
    out.write(0);
  }

  private static void two(ByteArrayOutputStream out, int value) {
    out.write(value >> 8);
    out.write(value);
  }
}
