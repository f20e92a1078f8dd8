/**
 * Tar archives as streams: a reader that distrusts its input and a writer whose bytes never vary.
 */
@NullMarked
package dev.cairn.content.tar;

import org.jspecify.annotations.NullMarked;
