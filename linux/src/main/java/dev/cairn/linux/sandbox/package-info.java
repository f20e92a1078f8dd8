/** One process tree in one file tree under limits, run by an OCI runtime. */
@NullMarked
package dev.cairn.linux.sandbox;

import org.jspecify.annotations.NullMarked;
