package dev.cairn.service.log;

import dev.cairn.build.BuildEvent;
import dev.cairn.build.BuildId;
import dev.cairn.service.store.OwnerOnly;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Copies of event logs that may be written to at the same time. */
public final class LogCopy {
  private LogCopy() {}

  /** Where the log of a build lies below a directory of logs. */
  public static Path place(Path root, BuildId build) {
    return root.resolve(build.toString().substring(30)).resolve(build.toString());
  }

  /**
   * Copies whole events.
   *
   * @param ended whether the build has ended for those who will read the copy; if not, the copy
   *     stops before the event that says so, since nothing can be added behind it
   */
  public static void copy(Path from, Path to, boolean ended) throws IOException {
    Files.deleteIfExists(to);
    long written = 0;
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(from)));
        var channel = FileChannel.open(OwnerOnly.create(to), StandardOpenOption.WRITE)) {
      long left = Files.size(from);
      while (left >= 2 * Integer.BYTES) {
        int length = in.readInt();
        int checksum = in.readInt();
        if (length < Frame.FIXED || length > Frame.MOST_BYTES + Frame.FIXED) {
          break;
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length || !Frame.intact(payload, checksum, written + 1)) {
          break;
        }
        BuildEvent event = Frame.decode(payload);
        if (!ended
            && event.body() instanceof BuildEvent.StateChanged state
            && state.state().isFinal()) {
          break;
        }
        var frame = java.nio.ByteBuffer.allocate(2 * Integer.BYTES + length);
        frame.putInt(length).putInt(checksum).put(payload).flip();
        while (frame.hasRemaining()) {
          channel.write(frame);
        }
        written++;
        left -= 2 * Integer.BYTES + length;
      }
      channel.force(true);
    }
  }
}
