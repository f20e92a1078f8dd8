package dev.cairn.server.hypeman;

import dev.cairn.build.Source;
import dev.cairn.server.http.ApiException;
import dev.cairn.server.http.MultipartException;
import dev.cairn.server.http.MultipartReader;
import dev.cairn.server.http.Request;
import dev.cairn.service.Contexts;
import dev.cairn.service.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The form of {@code POST /builds}, read to its end before anything is done with it, since its
 * parts come in any order. The source goes into a context pack while it arrives.
 *
 * @param fields the text fields; of repeated ones the last
 * @param source what the archive became; absent if it was missing or empty
 * @param broken why the archive could not be read, if so
 */
record CreateForm(
    Map<String, String> fields, Optional<Source.Archive> source, Optional<String> broken) {
  static final int MOST_FIELD_BYTES = 1 << 20;
  private static final int MOST_FIELDS = 256;
  private static final long MOST_TEXT_BYTES = 8L << 20;

  /**
   * Reads the form.
   *
   * @throws ApiException 400 {@code invalid_request} or {@code invalid_source}
   */
  static CreateForm read(Request request, Contexts contexts, long sourceLimit) throws IOException {
    try {
      return read(
          new MultipartReader(request.body(), request.header("Content-Type").orElse("")),
          request,
          contexts,
          sourceLimit);
    } catch (MultipartException e) {
      throw new ApiException(400, "invalid_request", e.getMessage() + "").cause(e);
    }
  }

  private static CreateForm read(
      MultipartReader reader, Request request, Contexts contexts, long sourceLimit)
      throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    Optional<Source.Archive> source = Optional.empty();
    Optional<String> broken = Optional.empty();
    long textBytes = 0;
    int count = 0;
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      var part = next.get();
      if (++count > MOST_FIELDS) {
        throw invalid("the form has more than " + MOST_FIELDS + " fields");
      }
      if (part.name().equals("source")) {
        source = Optional.empty();
        broken = Optional.empty();
        try (var bytes = new SourceStream(part.content(), sourceLimit)) {
          try {
            source = archive(bytes, request, contexts);
          } catch (BrokenArchive e) {
            broken = Optional.of(e.getMessage() + "");
            // The other fields are still wanted, but not at any price: the rest counts as well.
            bytes.transferTo(OutputStream.nullOutputStream());
          }
        }
      } else {
        byte[] value = part.content().readNBytes(MOST_FIELD_BYTES + 1);
        textBytes += value.length;
        if (value.length > MOST_FIELD_BYTES || textBytes > MOST_TEXT_BYTES) {
          throw invalid("field " + shown(part.name()) + " is larger than 1 MiB");
        }
        fields.put(part.name(), text(part.name(), value));
      }
    }
    return new CreateForm(fields, source, broken);
  }

  private static Optional<Source.Archive> archive(
      SourceStream bytes, Request request, Contexts contexts) throws IOException {
    if (!bytes.hasMagic()) {
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      throw new BrokenArchive("source is not a gzip-compressed tar archive");
    }
    try {
      return Optional.of(contexts.archive(request.caller().tenant(), bytes));
    } catch (ServiceException e) {
      bytes.rethrow();
      switch (e.kind()) {
        case INVALID, TOO_LARGE -> throw new BrokenArchive("source: " + e.getMessage());
        case FORBIDDEN, NOT_FOUND, CONFLICT, QUOTA, UNSUPPORTED, UNAVAILABLE -> throw e;
      }
      throw e;
    } catch (RuntimeException e) {
      bytes.rethrow();
      throw e;
    }
  }

  private static String text(String name, byte[] value) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      throw invalid("field " + shown(name) + " is not valid UTF-8").cause(e);
    }
  }

  /** A name from outside, short and plain. */
  private static String shown(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_.\\[\\]-]", "?");
    return plain.length() > 64 ? plain.substring(0, 64) : plain;
  }

  private static ApiException invalid(String message) {
    return new ApiException(400, "invalid_request", message);
  }

  /** The archive itself is bad; told only after all other checks. */
  private static final class BrokenArchive extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenArchive(String message) {
      super(message);
    }
  }

  /** The bytes of the source, counted, with the first two looked at before. */
  private static final class SourceStream extends InputStream {
    private final InputStream in;
    private final long limit;
    private final byte[] magic;
    private int magicRead;
    private long total;
    private Optional<Exception> failure = Optional.empty();

    SourceStream(InputStream in, long limit) throws IOException {
      this.in = in;
      this.limit = limit;
      this.magic = in.readNBytes(2);
    }

    boolean isEmpty() {
      return magic.length == 0;
    }

    boolean hasMagic() {
      return magic.length == 2 && (magic[0] & 0xFF) == 0x1F && (magic[1] & 0xFF) == 0x8B;
    }

    /** Throws what reading threw, however it was wrapped since. */
    void rethrow() throws IOException {
      switch (failure.orElse(null)) {
        case null -> {}
        case IOException e -> throw e;
        case ApiException e -> throw e;
        case Exception e -> throw new IOException(e);
      }
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        int count;
        if (magicRead < magic.length && length > 0) {
          into[offset] = magic[magicRead++];
          count = 1;
        } else {
          count = in.read(into, offset, length);
        }
        total += Math.max(count, 0);
        if (total > limit) {
          throw new ApiException(
              400, "invalid_source", "source is larger than " + (limit >> 20) + " MiB");
        }
        return count;
      } catch (IOException | ApiException e) {
        failure = Optional.of(e);
        throw e;
      }
    }
  }
}
