/** Where a build context comes from: archives, manifests, git. */
@NullMarked
package dev.cairn.source;

import org.jspecify.annotations.NullMarked;
