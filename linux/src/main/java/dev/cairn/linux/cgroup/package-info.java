/** Groups of processes with limits, on cgroup v1, hybrid and v2. */
@NullMarked
package dev.cairn.linux.cgroup;

import org.jspecify.annotations.NullMarked;
