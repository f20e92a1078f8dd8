package dev.cairn.service.secret;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Masks the lines of one stream. A line whose end may begin a secret waits for the next one, or for
 * {@link #release}. For one thread at a time.
 */
public final class MaskedLines {
  private static final int MOST_HELD_LINES = 64;
  private static final int MASKED_WHEN_RELEASED = 4;

  private final SecretMasker masker;
  private SecretMasker.Patterns patterns;
  private int state;

  /** Lines that are not given out yet, each ended by a line feed. */
  private final StringBuilder held = new StringBuilder();

  private final BitSet secret = new BitSet();
  private int heldLines;

  /** Whether a long secret reached the end of the line before. */
  private boolean reachesEnd;

  MaskedLines(SecretMasker masker) {
    this.masker = masker;
    this.patterns = masker.patterns();
  }

  /** Takes a line and gives those that can go out now, masked, in order. */
  public List<String> accept(String line) {
    if (patterns.version() != masker.patterns().version()) {
      patterns = masker.patterns();
      state = 0;
    }
    if (patterns.isEmpty()) {
      return List.of(line);
    }
    int begin = held.length();
    for (int i = 0; i < line.length(); i++) {
      held.append(line.charAt(i));
      step(line.charAt(i));
    }
    maskBlocks(line, begin);
    held.append('\n');
    heldLines++;
    int waiting = patterns.automaton().depth(state);
    if (heldLines > MOST_HELD_LINES) {
      return release();
    }
    int from = before(held.length(), waiting);
    return give(waiting == 0 ? held.length() : held.lastIndexOf("\n", from - 1) + 1);
  }

  private void step(char character) {
    if (character == '\r') {
      return;
    }
    state = patterns.automaton().step(state, character);
    int length = patterns.automaton().matched(state);
    if (length > 0) {
      secret.set(before(held.length(), length), held.length());
    }
  }

  /** Where the last {@code count} characters that count begin. */
  private int before(int end, int count) {
    int at = end;
    int left = count;
    while (at > 0 && left > 0) {
      at--;
      if (held.charAt(at) != '\n' && held.charAt(at) != '\r') {
        left--;
      }
    }
    return at;
  }

  /**
   * Blocks of long secrets, inside one line. A rest at either end of the line that is shorter than
   * a block belongs to the secret that goes on in the neighbouring line.
   */
  private void maskBlocks(String line, int begin) {
    if (patterns.blocks().isEmpty()) {
      return;
    }
    int block = SecretMasker.BLOCK;
    int first = -1;
    int last = -1;
    for (int at = 0; at + block <= line.length(); at++) {
      if (patterns.blocks().contains(line.substring(at, at + block))) {
        secret.set(begin + at, begin + at + block);
        first = first < 0 ? at : first;
        last = at + block;
      }
    }
    if (first > 0 && first < block) {
      secret.set(begin, begin + first);
    }
    if (last >= 0 && line.length() - last < block) {
      secret.set(begin + last, begin + line.length());
    }
    boolean restOfOne = last < 0 && reachesEnd && line.length() < block;
    if (restOfOne) {
      secret.set(begin, begin + line.length());
    }
    reachesEnd = last >= 0 && line.length() - last < block;
  }

  /**
   * Gives out what waits, because nothing followed for a while. If it is more than a few characters
   * of a secret, they are masked; the rest of the secret will be, too.
   */
  public List<String> release() {
    int waiting = patterns.automaton().depth(state);
    if (waiting >= MASKED_WHEN_RELEASED) {
      secret.set(before(held.length(), waiting), held.length());
    }
    return give(held.length());
  }

  /** Gives out the rest; the stream is over. */
  public List<String> end() {
    List<String> rest = give(held.length());
    state = 0;
    return rest;
  }

  /** Whether something waits. */
  public boolean isHolding() {
    return !held.isEmpty();
  }

  private List<String> give(int end) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    boolean masking = false;
    for (int i = 0; i < end; i++) {
      char character = held.charAt(i);
      if (character == '\n') {
        lines.add(line.toString());
        line.setLength(0);
        masking = false;
      } else if (!secret.get(i)) {
        line.append(character);
        masking = false;
      } else if (!masking) {
        line.append(SecretMasker.MASK);
        masking = true;
      }
    }
    held.delete(0, end);
    heldLines -= lines.size();
    BitSet rest = secret.get(end, Math.max(end, secret.length()));
    secret.clear();
    secret.or(rest);
    return lines;
  }
}
