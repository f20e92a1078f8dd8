/**
 * System calls through the Foreign Function API, and nothing else. Other packages of this room use
 * it; other rooms use those packages.
 */
@NullMarked
package dev.cairn.linux.sys;

import org.jspecify.annotations.NullMarked;
