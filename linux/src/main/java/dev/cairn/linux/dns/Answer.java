package dev.cairn.linux.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What a resolver answers. */
final class Answer {
  private static final int RESPONSE = 0x8000;
  private static final int MOST_RECORDS = 1000;

  private final byte[] bytes;
  private final List<InetAddress> addresses;

  private Answer(byte[] bytes, List<InetAddress> addresses) {
    this.bytes = bytes;
    this.addresses = List.copyOf(addresses);
  }

  /** The addresses of all its records, in whatever part they stand. */
  List<InetAddress> addresses() {
    return addresses;
  }

  /**
   * Reads the answer to a question.
   *
   * @param number under which it was asked
   * @throws MessageException if it is none, or the answer to something else
   */
  static Answer parse(byte[] bytes, int length, Query query, int number) throws MessageException {
    var reader = new MessageReader(bytes, length);
    if (reader.two() != number) {
      throw new MessageException("the answer to another question");
    }
    int flags = reader.two();
    if ((flags & RESPONSE) == 0) {
      throw new MessageException("not an answer");
    }
    int questions = reader.two();
    int records = reader.two() + reader.two() + reader.two();
    if (questions != 1 || records > MOST_RECORDS) {
      throw new MessageException("not the answer to one question");
    }
    if (!reader.name().equals(query.name())
        || reader.two() != query.type()
        || reader.two() != query.recordClass()) {
      throw new MessageException("the answer to another question");
    }
    var addresses = new ArrayList<InetAddress>();
    for (int i = 0; i < records; i++) {
      reader.name();
      int type = reader.two();
      reader.skip(6);
      byte[] data = reader.take(reader.two());
      OptionalInt size = addressSize(type);
      if (size.isPresent()) {
        if (data.length != size.getAsInt()) {
          throw new MessageException("an address of " + data.length + " bytes");
        }
        addresses.add(address(data));
      }
    }
    if (reader.remaining() != 0) {
      throw new MessageException("bytes after the answer");
    }
    byte[] whole = new byte[length];
    System.arraycopy(bytes, 0, whole, 0, length);
    return new Answer(whole, addresses);
  }

  private static OptionalInt addressSize(int type) {
    return switch (type) {
      case Query.A -> OptionalInt.of(4);
      case Query.AAAA -> OptionalInt.of(16);
      default -> OptionalInt.empty();
    };
  }

  /** The message with the client's own number. */
  byte[] to(Query query) {
    byte[] copy = bytes.clone();
    copy[0] = (byte) (query.id() >> 8);
    copy[1] = (byte) query.id();
    return copy;
  }

  private static InetAddress address(byte[] bytes) throws MessageException {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new MessageException("not an address");
    }
  }
}
