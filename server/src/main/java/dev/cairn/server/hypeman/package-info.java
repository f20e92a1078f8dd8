/**
 * The Hypeman dialect: its {@code /builds} calls, on the wire exactly as its official clients
 * expect them, translated once into the model and back.
 */
@NullMarked
package dev.cairn.server.hypeman;

import org.jspecify.annotations.NullMarked;
