/**
 * Linux calls through the Foreign Function API, safe paths, mounts, cgroups and the sandbox of a
 * step.
 */
@NullMarked
package dev.cairn.linux;

import org.jspecify.annotations.NullMarked;
