/** RUN: what a command finds around itself, its mounts, its output, and the layer it leaves. */
@NullMarked
package dev.cairn.engine.run;

import org.jspecify.annotations.NullMarked;
