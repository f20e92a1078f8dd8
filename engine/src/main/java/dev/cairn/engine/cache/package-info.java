/**
 * What makes two steps equal: keys, the records kept under them, the steps that run right now, and
 * the answer to "why was it not cached".
 */
@NullMarked
package dev.cairn.engine.cache;

import org.jspecify.annotations.NullMarked;
