/**
 * Contexts on their way in: which files are missing for this tenant, and the packs made of them.
 */
@NullMarked
package dev.cairn.service.context;

import org.jspecify.annotations.NullMarked;
