/** Namespaces that are made ahead of a step and joined by it. */
@NullMarked
package dev.cairn.linux.namespace;

import org.jspecify.annotations.NullMarked;
