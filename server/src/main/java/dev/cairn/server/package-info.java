/** HTTP: one package per dialect, the registry, health and metrics. */
@NullMarked
package dev.cairn.server;

import org.jspecify.annotations.NullMarked;
