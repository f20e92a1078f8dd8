package dev.cairn.engine.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Remembers in which boot of the machine the trees were last written, and whether the service ended
 * in order. Trees are not synced one by one: after a boot that nobody announced they may have
 * holes.
 */
public final class BootMark {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String CLEAN = "clean";

  private final Path file;

  /** The mark kept in this file. */
  public BootMark(Path file) {
    this.file = file;
  }

  /**
   * Writes that trees are in use from now on.
   *
   * @return whether those already there can be trusted: same boot, or closed in order before it
   */
  public boolean begin() throws IOException {
    String boot = Files.readString(BOOT_ID).strip();
    String last;
    try {
      last = Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      last = CLEAN;
    }
    write(boot);
    return last.equals(CLEAN) || last.equals(boot);
  }

  /** Writes that everything has reached the disk. */
  public void end() throws IOException {
    write(CLEAN);
  }

  private void write(String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(fresh, text + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
