package dev.cairn.engine.run;

import dev.cairn.build.BuildException;
import dev.cairn.build.FailureKind;

/**
 * Where a command may not mount anything of its own: over the kernel's file systems and the
 * devices, of which a runtime believes that it has made them. A {@code /dev/null} of somebody
 * else's would unmask what is hidden behind it (CVE-2025-31133), and what a runtime writes below
 * {@code /proc} would end elsewhere (CVE-2025-52881).
 *
 * <p>Only the text is judged here. A link in the image or in another mount may still lead there;
 * such a mount lies below the runtime's own, which are made after it.
 */
final class MountTargets {
  private static final String SHARED_MEMORY = "/dev/shm";

  private MountTargets() {}

  /**
   * Checks one.
   *
   * @param target absolute, without dots and doubled slashes
   * @throws BuildException if nothing may be mounted there
   */
  static void check(String target, String place) {
    if (target.equals(SHARED_MEMORY)) {
      return;
    }
    for (String own : new String[] {"/dev", "/proc", "/sys"}) {
      if (target.equals(own) || target.startsWith(own + "/")) {
        throw BuildException.of(FailureKind.INPUT, "mount-target")
            .at(place)
            .remedy("Choose another target; below /dev only /dev/shm can be one.")
            .sentence("Nothing can be mounted at " + target + ": " + own + " is the kernel's.");
      }
    }
  }
}
