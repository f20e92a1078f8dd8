/**
 * The command line's side of Cairn's own API: one request per connection over TCP, TLS or a Unix
 * socket, with nothing that costs a command its quick start.
 */
@NullMarked
package dev.cairn.app.client;

import org.jspecify.annotations.NullMarked;
