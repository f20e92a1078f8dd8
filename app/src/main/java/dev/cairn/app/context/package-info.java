/**
 * A directory as a build's context on the client's side: what of it is sent, and how only what the
 * server does not have travels.
 */
@NullMarked
package dev.cairn.app.context;

import org.jspecify.annotations.NullMarked;
