package dev.cairn.linux.dns;

/** How often one client may ask: so many per second, more for a moment, and so many at once. */
final class Allowance {
  private static final double PER_SECOND = 300;
  private static final double MOST = 900;
  private static final int AT_ONCE = 64;

  private double left = MOST;
  private long last;
  private int running;

  Allowance(long now) {
    this.last = now;
  }

  /** Takes one question at this time in nanoseconds; each that was taken is given back. */
  synchronized boolean take(long now) {
    left = Math.min(MOST, left + (now - last) / 1e9 * PER_SECOND);
    last = now;
    if (left < 1 || running >= AT_ONCE) {
      return false;
    }
    left--;
    running++;
    return true;
  }

  /** A question was answered. */
  synchronized void giveBack() {
    running--;
  }
}
