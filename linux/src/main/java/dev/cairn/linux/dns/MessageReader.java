package dev.cairn.linux.dns;

/**
 * Reads the parts of a message (RFC 1035 section 4.1) and never past its end. A compressed name is
 * followed only backwards, so that it ends, and to at most 255 bytes.
 */
final class MessageReader {
  private static final int LONGEST_NAME = 255;

  private final byte[] bytes;
  private final int end;
  private int position;

  MessageReader(byte[] bytes, int length) {
    this.bytes = bytes;
    this.end = length;
  }

  int position() {
    return position;
  }

  int remaining() {
    return end - position;
  }

  int byteAt() throws MessageException {
    need(1);
    return bytes[position++] & 0xff;
  }

  int two() throws MessageException {
    int high = byteAt();
    return (high << 8) | byteAt();
  }

  void skip(int count) throws MessageException {
    need(count);
    position += count;
  }

  byte[] take(int count) throws MessageException {
    need(count);
    byte[] taken = new byte[count];
    System.arraycopy(bytes, position, taken, 0, count);
    position += count;
    return taken;
  }

  private void need(int count) throws MessageException {
    if (count < 0 || count > end - position) {
      throw new MessageException("cut off");
    }
  }

  /**
   * A name in lower case with dots between its labels and none at its end; bytes that no host name
   * has are written as {@code \ddd}. The root is empty.
   */
  String name() throws MessageException {
    return name(true);
  }

  /**
   * A name that is written out. That of a question has nothing before it to point back to but the
   * header, and the header is another one when the question is passed on: so would be the name.
   */
  String wholeName() throws MessageException {
    return name(false);
  }

  private String name(boolean compressed) throws MessageException {
    var text = new StringBuilder();
    int at = position;
    int lowest = position;
    int length = 1;
    boolean jumped = false;
    while (true) {
      if (at >= end) {
        throw new MessageException("a name is cut off");
      }
      int label = bytes[at] & 0xff;
      if (label >= 0xc0 && !compressed) {
        throw new MessageException("a compressed name in a question");
      }
      if (label >= 0xc0) {
        if (at + 1 >= end) {
          throw new MessageException("a name is cut off");
        }
        int target = ((label & 0x3f) << 8) | (bytes[at + 1] & 0xff);
        if (target >= lowest) {
          throw new MessageException("a compressed name that does not point back");
        }
        if (!jumped) {
          position = at + 2;
          jumped = true;
        }
        lowest = target;
        at = target;
        continue;
      }
      if (label > 63) {
        throw new MessageException("a label of an unknown kind");
      }
      if (label == 0) {
        if (!jumped) {
          position = at + 1;
        }
        return text.toString();
      }
      length += label + 1;
      if (length > LONGEST_NAME || at + 1 + label > end) {
        throw new MessageException("a name is too long");
      }
      if (!text.isEmpty()) {
        text.append('.');
      }
      for (int i = at + 1; i <= at + label; i++) {
        append(text, bytes[i] & 0xff);
      }
      at += label + 1;
    }
  }

  private static void append(StringBuilder text, int c) {
    if (c >= 'A' && c <= 'Z') {
      text.append((char) (c + 32));
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
      text.append((char) c);
    } else {
      text.append('\\').append((char) ('0' + c / 100));
      text.append((char) ('0' + c / 10 % 10)).append((char) ('0' + c % 10));
    }
  }
}
