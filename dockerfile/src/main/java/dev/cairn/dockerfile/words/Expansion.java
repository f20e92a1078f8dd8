package dev.cairn.dockerfile.words;

import java.util.List;
import java.util.Set;

/**
 * The result of expanding a text.
 *
 * @param text the whole as one word
 * @param words the text split at unquoted blanks, also those that came out of variables
 * @param used variables that were looked up and set
 * @param unset variables that were looked up and not set, in order; also those with a default
 */
public record Expansion(String text, List<String> words, Set<String> used, Set<String> unset) {}
