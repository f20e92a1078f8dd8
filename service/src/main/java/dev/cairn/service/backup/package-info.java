/** Backups of a server that goes on running, and what is made of them elsewhere. */
@NullMarked
package dev.cairn.service.backup;

import org.jspecify.annotations.NullMarked;
