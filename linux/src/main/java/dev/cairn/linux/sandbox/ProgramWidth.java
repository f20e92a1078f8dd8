package dev.cairn.linux.sandbox;

import dev.cairn.linux.LinuxException;
import dev.cairn.linux.file.Directory;
import dev.cairn.linux.file.Links;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether a step wants to run 32-bit programs: yes, if its tree can load them, if its own program
 * is one, or if the command speaks of them, because it may install what it then runs.
 */
final class ProgramWidth {
  private static final List<String> LOADERS =
      List.of(
          "/lib/ld-linux.so.2",
          "/lib/ld-musl-i386.so.1",
          "/lib/ld-linux-armhf.so.3",
          "/lib/ld-musl-armhf.so.1",
          "/lib/ld-musl-arm.so.1");

  private static final Pattern WORDS =
      Pattern.compile(
          "i[3-6]86|386|armhf|armv[67]|m32|multilib|lib32|linux32|32-?bit|wine|steam",
          Pattern.CASE_INSENSITIVE);

  private static final int ELF_CLASS = 4;
  private static final int ELF_CLASS_32 = 1;

  private ProgramWidth() {}

  static boolean mayBeThirtyTwo(SandboxSpec spec) throws IOException {
    var command = spec.command();
    if (Stream.concat(command.argv().stream(), command.environment().values().stream())
        .anyMatch(word -> WORDS.matcher(word).find())) {
      return true;
    }
    try (var root = Directory.open(spec.rootfs())) {
      for (var loader : LOADERS) {
        if (isThere(root, loader)) {
          return true;
        }
      }
      for (var place : ProgramLookup.places(command.argv().getFirst(), command)) {
        if (isThere(root, place)) {
          return isThirtyTwoBit(root, place);
        }
      }
      // The program comes with a mount; nobody knows what it is.
      return true;
    }
  }

  private static boolean isThere(Directory root, String path) throws IOException {
    return ProgramLookup.find(root, path).filter(stat -> stat.isRegular()).isPresent();
  }

  private static boolean isThirtyTwoBit(Directory root, String path) throws IOException {
    try (var program = root.open(path, Links.IN_ROOT)) {
      byte[] head = program.readNBytes(ELF_CLASS + 1);
      return head.length > ELF_CLASS
          && head[0] == 0x7f
          && head[1] == 'E'
          && head[2] == 'L'
          && head[3] == 'F'
          && head[ELF_CLASS] == ELF_CLASS_32;
    } catch (LinuxException e) {
      // What cannot be read here may be anything.
      return true;
    }
  }
}
