/**
 * The network of a step: a namespace of its own, joined to the machine by one pair of devices, and
 * a packet filter that lets it reach what its policy says.
 */
@NullMarked
package dev.cairn.linux.network;

import org.jspecify.annotations.NullMarked;
