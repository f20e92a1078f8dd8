/** The Dockerfile language: text to checked instructions. Pure. */
@NullMarked
package dev.cairn.dockerfile;

import org.jspecify.annotations.NullMarked;
