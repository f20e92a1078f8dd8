/**
 * Small values of the language: durations, modes, owners, ports, signals, sizes. They know no
 * Dockerfile; a wrong text is an {@link java.lang.IllegalArgumentException} with a sentence.
 */
@NullMarked
package dev.cairn.dockerfile.value;

import org.jspecify.annotations.NullMarked;
