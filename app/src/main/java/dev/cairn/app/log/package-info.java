/** How the server's log looks. */
@NullMarked
package dev.cairn.app.log;

import org.jspecify.annotations.NullMarked;
