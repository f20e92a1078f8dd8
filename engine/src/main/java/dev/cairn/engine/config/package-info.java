/**
 * The front half of a stage: instruction by instruction, what it does to the image's config and
 * history, which variables later ones see, and which operation on files it asks for, every word
 * expanded. {@link dev.cairn.engine.config.StageState} is the one thing to drive; nothing here
 * touches files.
 */
@NullMarked
package dev.cairn.engine.config;

import org.jspecify.annotations.NullMarked;
