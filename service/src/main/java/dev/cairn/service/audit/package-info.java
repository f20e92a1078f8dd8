/**
 * The audit log. Whoever changes something for somebody does it through {@link
 * dev.cairn.service.audit.AuditLog#write}, which adds the entry in the same transaction; {@link
 * dev.cairn.service.audit.Action} lists everything that is noted.
 */
@NullMarked
package dev.cairn.service.audit;

import org.jspecify.annotations.NullMarked;
