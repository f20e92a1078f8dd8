package dev.cairn.linux.host;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings below {@code /proc/sys} (sysctl(8)). The kernel gives a number to the first read of
 * the file alone, however short, so {@link java.nio.file.Files#readString}, which begins with one
 * byte where a size is not known, would see its first digit.
 */
public final class KernelSettings {
  private static final Path ROOT = Path.of("/proc/sys");
  private static final int MOST_BYTES = 4096;

  private KernelSettings() {}

  /** The value of a setting such as {@code kernel/pid_max}; absent if this kernel has none. */
  public static Optional<String> find(String name) {
    byte[] bytes = new byte[MOST_BYTES];
    try (var in = new FileInputStream(ROOT.resolve(name).toFile())) {
      int length = in.read(bytes);
      return Optional.of(
          new String(bytes, 0, Math.max(0, length), StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
