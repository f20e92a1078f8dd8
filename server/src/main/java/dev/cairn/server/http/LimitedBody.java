package dev.cairn.server.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A request's body that ends with an error at the route's limit, when the client breaks off, or
 * when its bytes come too slowly.
 */
final class LimitedBody extends FilterInputStream {
  private final long limit;
  private final HttpOptions.BodyRate rate;
  private final BodyTurns.Part turn;
  private long read;
  private long waited;
  private boolean ended;

  LimitedBody(InputStream in, long limit, HttpOptions.BodyRate rate, BodyTurns turns) {
    super(in);
    this.limit = limit;
    this.rate = rate;
    this.turn = turns.part();
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    turn.leave();
    checkRate();
    long begun = System.nanoTime();
    int count;
    try {
      count = super.read(into, offset, length);
    } catch (RuntimeException e) {
      // The web server reports a connection that broke off by exceptions of its own.
      throw new BrokenBodyException(e);
    }
    waited += System.nanoTime() - begun;
    if (count < 0) {
      ended = true;
      return -1;
    }
    read += count;
    checkRate();
    if (read > limit) {
      throw tooLarge(limit);
    }
    turn.enter(read);
    return count;
  }

  private void checkRate() {
    if (rate.isMissed(read, waited)) {
      throw new ApiException(
          408,
          "too-slow",
          "the request body comes with less than "
              + rate.bytesPerSecond()
              + " bytes a second: send it again over a better connection");
    }
  }

  @Override
  public long skip(long n) throws IOException {
    long left = n;
    var scratch = new byte[8192];
    while (left > 0) {
      int count = read(scratch, 0, (int) Math.min(left, scratch.length));
      if (count < 0) {
        break;
      }
      left -= count;
    }
    return n - left;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() {
    // The connection is the server's; an unread rest is dealt with after the answer.
    turn.leave();
  }

  boolean ended() {
    return ended;
  }

  static ApiException tooLarge(long limit) {
    return new ApiException(413, "the request body is larger than " + limit + " bytes");
  }
}
