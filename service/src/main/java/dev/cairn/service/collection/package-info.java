/**
 * Collection: how long things live that nobody uses, and the removal of what nothing needs, also
 * early when the disk runs full.
 */
@NullMarked
package dev.cairn.service.collection;

import org.jspecify.annotations.NullMarked;
