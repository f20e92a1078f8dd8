package dev.cairn.dockerfile;

/**
 * A heredoc used as a source of COPY or ADD.
 *
 * @param name the delimiter, which is the file's name if the destination is a directory
 * @param content the body, tabs already stripped for {@code <<-}
 * @param expand false if any part of the delimiter was quoted
 */
public record InlineFile(String name, String content, boolean expand) {}
