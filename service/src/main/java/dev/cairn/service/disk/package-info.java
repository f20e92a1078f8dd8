/** The space on disk that is kept free, so that what was accepted can always be finished. */
@NullMarked
package dev.cairn.service.disk;

import org.jspecify.annotations.NullMarked;
