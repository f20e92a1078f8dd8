/**
 * The database behind one port: SQLite in the data directory, or PostgreSQL. Statements stand next
 * to their callers and are the same for both.
 */
@NullMarked
package dev.cairn.service.store;

import org.jspecify.annotations.NullMarked;
