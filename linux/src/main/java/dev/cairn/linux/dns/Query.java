package dev.cairn.linux.dns;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** A question as a client asks it: one, by the ordinary operation. */
final class Query {
  static final int A = 1;
  static final int AAAA = 28;
  static final int NO_ERROR = 0;
  static final int FORMAT_ERROR = 1;
  static final int SERVER_FAILURE = 2;
  static final int NO_SUCH_NAME = 3;
  static final int NOT_IMPLEMENTED = 4;

  /** The largest question that is read. */
  static final int LARGEST = 512;

  private static final int OPT = 41;
  private static final int RESPONSE = 0x8000;
  private static final int OPERATION = 0x7800;
  private static final int DESIRED = 0x0100;
  private static final int CHECKING_DISABLED = 0x0010;
  private static final int AVAILABLE = 0x0080;

  /** Recursion desired, authentic data, checking disabled: what a client may decide. */
  private static final int CLIENT_FLAGS = 0x0130;

  private static final int LEAST_SIZE = 512;
  private static final int MOST_SIZE = 4096;

  private final int id;
  private final int flags;
  private final String name;
  private final int type;
  private final int recordClass;
  private final byte[] question;
  private final int extended;
  private final int extendedFlags;

  private Query(
      Head head,
      String name,
      int type,
      int recordClass,
      byte[] question,
      int extended,
      int extendedFlags) {
    this.id = head.id();
    this.flags = head.flags();
    this.name = name;
    this.type = type;
    this.recordClass = recordClass;
    this.question = question;
    this.extended = extended;
    this.extendedFlags = extendedFlags;
  }

  private record Head(int id, int flags) {}

  /** The client's own number of it. */
  int id() {
    return id;
  }

  /** What is asked for, as {@link MessageReader#name} writes it. */
  String name() {
    return name;
  }

  /** The kind of record. */
  int type() {
    return type;
  }

  /** 1 for the Internet. */
  int recordClass() {
    return recordClass;
  }

  /**
   * Reads a question.
   *
   * @throws MessageException if it is none that can be answered, not even by an error
   */
  static Query parse(byte[] bytes, int length) throws MessageException {
    if (length > LARGEST) {
      throw new MessageException("too long for a question");
    }
    var reader = new MessageReader(bytes, length);
    int id = reader.two();
    int flags = reader.two();
    if ((flags & (RESPONSE | OPERATION)) != 0) {
      throw new MessageException("not a question");
    }
    int questions = reader.two();
    int answers = reader.two();
    int authorities = reader.two();
    int additional = reader.two();
    if (questions != 1 || answers != 0 || authorities != 0 || additional > 1) {
      throw new MessageException("not one question");
    }
    int start = reader.position();
    String name = reader.wholeName();
    int type = reader.two();
    int recordClass = reader.two();
    byte[] question = Arrays.copyOfRange(bytes, start, reader.position());
    int extended = 0;
    int extendedFlags = 0;
    if (additional == 1) {
      if (!reader.name().isEmpty() || reader.two() != OPT) {
        throw new MessageException("a question with a record");
      }
      extended = Math.clamp(reader.two(), LEAST_SIZE, MOST_SIZE);
      reader.skip(2);
      extendedFlags = reader.two() & 0x8000;
      reader.skip(reader.two());
    }
    if (reader.remaining() != 0) {
      throw new MessageException("bytes after the question");
    }
    return new Query(
        new Head(id, flags), name, type, recordClass, question, extended, extendedFlags);
  }

  /** The same question to be asked under another number. */
  byte[] asked(int number) {
    return message(number, flags & CLIENT_FLAGS, Math.max(extended, 0));
  }

  /** An answer without records. */
  byte[] answered(int code) {
    return message(
        id, RESPONSE | AVAILABLE | (flags & (DESIRED | CHECKING_DISABLED)) | code, MOST_SIZE);
  }

  /** The largest answer by UDP. */
  int mostBytes() {
    return extended == 0 ? LEAST_SIZE : extended;
  }

  private byte[] message(int number, int word, int size) {
    var out = new ByteArrayOutputStream();
    two(out, number);
    two(out, word);
    two(out, 1);
    two(out, 0);
    two(out, 0);
    two(out, extended == 0 ? 0 : 1);
    out.writeBytes(question);
    if (extended != 0) {
      out.write(0);
      two(out, OPT);
      two(out, size);
      two(out, 0);
      two(out, extendedFlags);
      two(out, 0);
    }
    return out.toByteArray();
  }

  private static void two(ByteArrayOutputStream out, int value) {
    out.write(value >> 8);
    out.write(value);
  }
}
