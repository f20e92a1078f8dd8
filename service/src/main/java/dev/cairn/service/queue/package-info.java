/**
 * The way of a build: accepted, placed fairly, claimed under a lease, run, finished in one write,
 * and taken up again when its lease died.
 */
@NullMarked
package dev.cairn.service.queue;

import org.jspecify.annotations.NullMarked;
