/** Where an image goes to. */
@NullMarked
package dev.cairn.publish;

import org.jspecify.annotations.NullMarked;
