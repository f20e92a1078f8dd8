/** What this machine can do, as facts for a human. */
@NullMarked
package dev.cairn.linux.host;

import org.jspecify.annotations.NullMarked;
