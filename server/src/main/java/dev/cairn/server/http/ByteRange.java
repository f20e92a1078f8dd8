package dev.cairn.server.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * One range of bytes (RFC 9110, section 14.1.2), both ends included.
 *
 * @param first the first byte
 * @param last the last byte
 */
public record ByteRange(long first, long last) {
  private static final Pattern FORM = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");
  private static final int BUFFER = 64 << 10;

  /**
   * The range a Range header asks for. Several ranges, or another unit, mean the whole.
   *
   * @throws ApiException 416 if it lies behind the end
   */
  public static Optional<ByteRange> parse(Optional<String> header, long size) {
    if (header.isEmpty()) {
      return Optional.empty();
    }
    var match = FORM.matcher(header.get().strip());
    if (!match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
      return Optional.empty();
    }
    long first;
    long last = size - 1;
    if (match.group(1).isEmpty()) {
      first = Math.max(0, size - Long.parseLong(match.group(2)));
    } else {
      first = Long.parseLong(match.group(1));
      if (!match.group(2).isEmpty()) {
        last = Math.min(last, Long.parseLong(match.group(2)));
      }
    }
    if (first >= size || last < first) {
      throw new ApiException(416, "the range lies behind the end of " + size + " bytes")
          .header("Content-Range", "bytes */" + size);
    }
    return Optional.of(new ByteRange(first, last));
  }

  /**
   * Sends a range, or the whole.
   *
   * @param in begins at the range
   */
  public static void send(
      Response response, String type, InputStream in, Optional<ByteRange> range, long size)
      throws IOException, InterruptedException {
    long length = range.map(r -> r.last - r.first + 1).orElse(size);
    range.ifPresent(
        r -> response.header("Content-Range", "bytes " + r.first + "-" + r.last + "/" + size));
    response.stream(
        range.isPresent() ? 206 : 200,
        type,
        OptionalLong.of(length),
        out -> {
          var buffer = new byte[BUFFER];
          long left = length;
          while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(left, BUFFER));
            if (count < 0) {
              throw new EOFException("a stored blob is shorter than its size");
            }
            out.write(buffer, 0, count);
            left -= count;
          }
        });
  }
}
