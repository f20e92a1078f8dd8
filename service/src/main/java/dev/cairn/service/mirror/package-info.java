/** Pull-through mirrors of other registries. */
@NullMarked
package dev.cairn.service.mirror;

import org.jspecify.annotations.NullMarked;
