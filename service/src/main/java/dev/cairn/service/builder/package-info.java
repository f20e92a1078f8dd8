/** Named builders: caches that builds of one tenant use one after another. */
@NullMarked
package dev.cairn.service.builder;

import org.jspecify.annotations.NullMarked;
