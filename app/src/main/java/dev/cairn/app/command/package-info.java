/**
 * The {@code cairn} command line: one class per command, speaking Cairn's own API and nothing else.
 */
@NullMarked
package dev.cairn.app.command;

import org.jspecify.annotations.NullMarked;
