/**
 * Where a build's files come from. Archives and manifests were read into packs when they arrived,
 * so opening them is opening an index; files added by the request lie over them.
 */
@NullMarked
package dev.cairn.source;

import org.jspecify.annotations.NullMarked;
