/** Safe paths: every operation below an open directory, following no link that a stranger made. */
@NullMarked
package dev.cairn.linux.file;

import org.jspecify.annotations.NullMarked;
