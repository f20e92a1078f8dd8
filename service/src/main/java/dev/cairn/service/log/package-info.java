/** The event log of each build: an append-only file that is the truth for everything streamed. */
@NullMarked
package dev.cairn.service.log;

import org.jspecify.annotations.NullMarked;
