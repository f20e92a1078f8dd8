/**
 * How the command line shows a build while it goes on: plain lines, a live screen, or raw events.
 */
@NullMarked
package dev.cairn.app.progress;

import org.jspecify.annotations.NullMarked;
