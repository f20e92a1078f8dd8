package dev.cairn.service.queue;

import dev.cairn.build.BuildEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the head and the tail of what a step says: the head goes out at once; what comes after it
 * waits in a ring, of which the last part goes out when the step ends, after a warning.
 */
final class StepLog {
  /** Longer lines are cut into pieces of this many characters. */
  static final int LINE = 16 * 1024;

  private final long head;
  private final long tail;
  private final ArrayDeque<BuildEvent.Log> ring = new ArrayDeque<>();
  private long written;
  private long ringBytes;
  private long droppedLines;

  /**
   * A log.
   *
   * @param head characters that go out at once
   * @param tail characters kept of what comes later
   */
  StepLog(long head, long tail) {
    this.head = head;
    this.tail = tail;
  }

  /** What goes out now of this line. */
  List<BuildEvent.Log> accept(BuildEvent.Log log) {
    var out = new ArrayList<BuildEvent.Log>();
    String line = log.line();
    int at = 0;
    do {
      int end = pieceEnd(line, at);
      var piece = new BuildEvent.Log(log.step(), log.stream(), line.substring(at, end));
      if (written + piece.line().length() <= head && ring.isEmpty()) {
        written += piece.line().length() + 1;
        out.add(piece);
      } else {
        keep(piece);
      }
      at = end;
    } while (at < line.length());
    return out;
  }

  /** A piece does not end between the halves of a character. */
  private static int pieceEnd(String line, int from) {
    int end = Math.min(line.length(), from + LINE);
    return end < line.length() && Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end;
  }

  private void keep(BuildEvent.Log piece) {
    ring.add(piece);
    ringBytes += piece.line().length() + 1;
    while (ringBytes > tail && ring.size() > 1) {
      ringBytes -= ring.remove().line().length() + 1;
      droppedLines++;
    }
  }

  /** What goes out at the end of the step. */
  List<BuildEvent.Body> end() {
    var out = new ArrayList<BuildEvent.Body>();
    if (droppedLines > 0) {
      out.add(
          new BuildEvent.Warning(
              "log-cut",
              droppedLines
                  + " lines of the log were left out here, because the step said more than is kept;"
                  + " its beginning and end are complete",
              Optional.empty()));
    }
    out.addAll(ring);
    ring.clear();
    ringBytes = 0;
    droppedLines = 0;
    return out;
  }
}
