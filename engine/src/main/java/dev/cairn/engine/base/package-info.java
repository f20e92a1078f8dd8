/**
 * Images that stages begin from: resolved anew for every build, their layers fetched once for all.
 */
@NullMarked
package dev.cairn.engine.base;

import org.jspecify.annotations.NullMarked;
