/** What a newcomer runs first: the look at the machine, and the demo. */
@NullMarked
package dev.cairn.app.demo;

import org.jspecify.annotations.NullMarked;
