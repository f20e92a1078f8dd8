/**
 * Pushes of images to registries elsewhere, as durable resources: accepted, run one after another,
 * and taken up again after a restart; and what all pushes remember of registries.
 */
@NullMarked
package dev.cairn.service.push;

import org.jspecify.annotations.NullMarked;
