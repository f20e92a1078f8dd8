/** Who may do what: tenants and their tokens. */
@NullMarked
package dev.cairn.service.access;

import org.jspecify.annotations.NullMarked;
