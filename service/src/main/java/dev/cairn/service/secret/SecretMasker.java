package dev.cairn.service.secret;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes the values of a build's secrets out of everything that is stored about it. Safe for many
 * threads; values may be added while it is used.
 *
 * <p>Texts of up to 256 characters are found exactly, also across line ends. Longer ones are known
 * by their blocks of 16 characters, so that a part of a key file is masked too and memory stays
 * small.
 */
public final class SecretMasker {
  private static final int LONGEST_EXACT = 256;
  static final int BLOCK = 16;
  static final String MASK = "***";

  private final Set<String> exact = new LinkedHashSet<>();
  private final Set<String> blocks = new HashSet<>();
  private volatile Patterns patterns = new Patterns(new Automaton(List.of()), Set.of(), 0);

  /** What is looked for, and its version. */
  record Patterns(Automaton automaton, Set<String> blocks, int version) {
    /** Whether nothing is. */
    boolean isEmpty() {
      return version == 0;
    }
  }

  /** Masks this value from now on, in all its spellings. The array is not kept. */
  public synchronized void add(byte[] value) {
    boolean changed = false;
    for (String spelling : Spellings.of(value)) {
      if (spelling.length() <= LONGEST_EXACT) {
        changed |= exact.add(spelling);
      } else {
        for (int at = 0; at + BLOCK <= spelling.length(); at += BLOCK) {
          changed |= blocks.add(spelling.substring(at, at + BLOCK));
        }
        changed |= blocks.add(spelling.substring(spelling.length() - BLOCK));
      }
    }
    if (changed) {
      patterns = new Patterns(new Automaton(exact), Set.copyOf(blocks), patterns.version() + 1);
    }
  }

  /** A whole text, masked. */
  public String mask(String text) {
    if (patterns.isEmpty() || text.length() < Spellings.SHORTEST) {
      return text;
    }
    var stream = stream();
    var masked = new ArrayList<String>();
    for (String line : text.split("\n", -1)) {
      masked.addAll(stream.accept(line));
    }
    masked.addAll(stream.end());
    return String.join("\n", masked);
  }

  /** A masker for the lines of one stream, in order. */
  public MaskedLines stream() {
    return new MaskedLines(this);
  }

  Patterns patterns() {
    return patterns;
  }
}
