package dev.cairn.dockerfile;

import java.util.List;

/**
 * What an instruction looked like in its file.
 *
 * @param location its lines
 * @param keyword the keyword as spelled ({@code run}, {@code RUN}); for lint and history
 * @param text the instruction with continuations joined, without heredoc bodies
 * @param comments the comment lines right above, without {@code #} and outer blanks
 */
public record SourceText(Location location, String keyword, String text, List<String> comments) {
  public SourceText {
    comments = List.copyOf(comments);
  }

  /**
   * The source of an instruction that was made by a program; {@code label} such as {@code step 3}.
   */
  public static SourceText synthetic(String label, String text) {
    int blank = text.indexOf(' ');
    String keyword = blank < 0 ? text : text.substring(0, blank);
    return new SourceText(Location.synthetic(label), keyword, text, List.of());
  }
}
