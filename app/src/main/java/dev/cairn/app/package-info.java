/** The cairn command, configuration and all wiring. */
@NullMarked
package dev.cairn.app;

import org.jspecify.annotations.NullMarked;
