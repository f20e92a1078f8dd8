/** The model of a build and the ports around it. */
@NullMarked
package dev.cairn.build;

import org.jspecify.annotations.NullMarked;
