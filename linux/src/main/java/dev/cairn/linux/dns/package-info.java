/** The forwarder that steps ask for names: checks who asks, what for, and what comes back. */
@NullMarked
package dev.cairn.linux.dns;

import org.jspecify.annotations.NullMarked;
