/** The model as JSON, for the database and the event logs. */
@NullMarked
package dev.cairn.service.json;

import org.jspecify.annotations.NullMarked;
