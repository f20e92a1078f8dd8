/** Images by name, and their way here from other registries. */
@NullMarked
package dev.cairn.service.pull;

import org.jspecify.annotations.NullMarked;
