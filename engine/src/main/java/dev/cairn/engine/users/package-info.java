/**
 * Users and groups of an image: passwd and group files read with limits, looked up for USER, RUN
 * and {@code --chown}. The files are a tenant's, so nothing in them is trusted.
 */
@NullMarked
package dev.cairn.engine.users;

import org.jspecify.annotations.NullMarked;
