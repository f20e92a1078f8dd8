package dev.cairn.oci;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Random input with a printed seed: {@code -Dcairn.fuzz.seconds} and {@code -Dcairn.fuzz.seed}
 * change how long and which.
 */
public final class Fuzz {

  /** Of the processor, which does not depend on what else the machine does. */
  private static final long SLOW_NANOS = 1_000_000_000;

  private Fuzz() {}

  /** Runs one case after another until the time is up; a failure names the seed of its case. */
  public static void run(String name, Consumer<Random> test) {
    double seconds = Double.parseDouble(System.getProperty("cairn.fuzz.seconds", "0.3"));
    long seed = Long.getLong("cairn.fuzz.seed", System.nanoTime());
    System.out.println("fuzzing " + name + " from seed " + seed);
    var threads = ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (long current = seed; System.nanoTime() < end; current++) {
      long start = threads.getCurrentThreadCpuTime();
      try {
        test.accept(new Random(current));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(name + " failed with -Dcairn.fuzz.seed=" + current, e);
      }
      if (threads.getCurrentThreadCpuTime() - start > SLOW_NANOS) {
        throw new AssertionError(name + " was slow with -Dcairn.fuzz.seed=" + current);
      }
    }
  }

  /** Characters picked from an alphabet, sometimes whole runs of it. */
  public static String text(Random random, String alphabet, int longest) {
    var text = new StringBuilder();
    int length = random.nextInt(longest);
    while (text.length() < length) {
      int at = random.nextInt(alphabet.length());
      int run = random.nextInt(6) == 0 ? random.nextInt(alphabet.length() - at) : 1;
      text.append(alphabet, at, at + Math.min(Math.max(run, 1), alphabet.length() - at));
    }
    return text.toString();
  }

  /** A document with some bytes changed, cut or doubled. */
  public static byte[] mutated(Random random, byte[] document) {
    byte[] bytes = document.clone();
    for (int i = random.nextInt(8); i >= 0 && bytes.length > 1; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) "{}[]\",:0".charAt(random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, at + 1);
        default -> {
          int length = random.nextInt(bytes.length - at);
          System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length), length);
        }
      }
    }
    return bytes;
  }
}
