/** Secrets: stored ones under a key file, sent ones in memory only, and the masking of both. */
@NullMarked
package dev.cairn.service.secret;

import org.jspecify.annotations.NullMarked;
