/**
 * The running server: its configuration, and all wiring in one class, {@link
 * dev.cairn.app.server.CairnServer}.
 */
@NullMarked
package dev.cairn.app.server;

import org.jspecify.annotations.NullMarked;
