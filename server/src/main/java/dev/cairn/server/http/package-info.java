/**
 * The edge of the house: listeners, the route table, who may call what, limits on what is read, and
 * how errors are answered. Nothing outside this package knows the web server underneath.
 *
 * <p>Life of a request: the {@link dev.cairn.server.http.Router} finds its {@link
 * dev.cairn.server.http.Route}; the {@link dev.cairn.server.http.Gate} checks the credential
 * against the access that the route declares; the handler reads the body under the route's limit;
 * an error becomes the dialect's own body; one line goes to the access log.
 */
@NullMarked
package dev.cairn.server.http;

import org.jspecify.annotations.NullMarked;
